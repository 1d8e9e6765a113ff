/**
 * Reads the parameters of a policy as a person wrote them: checks every name and type, fills in the
 * defaults, converts units. All problems are reported together.
 */
import { ConfigError, type Problem } from '../errors.ts'
import { nearest } from './nearest.ts'
import type { PolicyParams } from './types.ts'

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86400,
}

export type Bounds = {
  readonly min?: number
  readonly max?: number
  /** `min` itself is excluded. */
  readonly above?: boolean
}

export class Params {
  private readonly policy: string
  private readonly given: PolicyParams
  private readonly defaults: PolicyParams
  private readonly problems: Problem[] = []

  constructor(policy: string, given: PolicyParams, defaults: PolicyParams) {
    this.policy = policy
    this.given = given
    this.defaults = defaults
    const names = Object.keys(defaults)
    for (const name of Object.keys(given)) {
      if (Object.hasOwn(defaults, name)) continue
      const meant = nearest(name, names)
      const known = names.length === 0 ? 'It has none.' : `It has ${names.join(', ')}.`
      this.reject(
        `unknown parameter "${name}" of ${policy}`,
        name,
        meant ? `Did you mean "${meant}"?` : known,
      )
    }
  }

  /** The parameter as written, or its default. */
  raw(name: string): unknown {
    const value = Object.hasOwn(this.given, name) ? this.given[name] : undefined
    return value === undefined ? this.defaults[name] : value
  }

  number(name: string, bounds: Bounds = {}): number {
    return this.check(name, this.raw(name), this.raw(name), 'a number', bounds)
  }

  integer(name: string, bounds: Bounds = {}): number {
    const value = this.raw(name)
    return this.check(name, value, Number.isSafeInteger(value) ? value : undefined, 'an integer', bounds)
  }

  /** A number, or a text in percent. */
  fraction(name: string, bounds: Bounds = {}): number {
    const value = this.raw(name)
    return this.check(name, value, parseUnit(value, { '%': 0.01 }), 'a number or a percentage', bounds)
  }

  /** Seconds, or a text with a unit of time. */
  seconds(name: string, bounds: Bounds = { min: 0 }): number {
    const value = this.raw(name)
    return this.check(name, value, parseUnit(value, SECONDS), 'seconds or a duration such as 30s', bounds)
  }

  /** A value inside a list: seconds, or a text with a unit of time; undefined when it is neither. */
  secondsOf(value: unknown): number | undefined {
    const seconds = parseUnit(value, SECONDS)
    return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined
  }

  choice<T extends string>(name: string, options: readonly T[]): T {
    const value = this.raw(name)
    const found = options.find((option) => option === value)
    if (found !== undefined) return found
    const meant = typeof value === 'string' ? nearest(value, options) : undefined
    this.reject(
      `expected one of ${options.join(', ')}, got ${show(value)}`,
      name,
      meant ? `Did you mean "${meant}"?` : undefined,
    )
    return options[0]!
  }

  flag(name: string): boolean {
    const value = this.raw(name)
    if (typeof value === 'boolean') return value
    this.reject(`expected true or false, got ${show(value)}`, name)
    return false
  }

  /** Notes a problem; `field` is a path below the policy. */
  reject(what: string, field: string, hint?: string): void {
    this.problems.push({ what, path: `${this.policy}.${field}`, hint })
  }

  /** Throws ConfigError when anything was wrong. Call it after the last read. */
  finish(): void {
    if (this.problems.length > 0) throw new ConfigError(this.problems)
  }

  private check(field: string, written: unknown, value: unknown, kind: string, bounds: Bounds): number {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above = false } = bounds
    const valid = typeof value === 'number' && Number.isFinite(value)
    if (valid && value <= max && (above ? value > min : value >= min)) return value
    const from = min === Number.NEGATIVE_INFINITY ? '' : above ? ` above ${min}` : ` of at least ${min}`
    const to = max === Number.POSITIVE_INFINITY ? '' : `${from === '' ? '' : ' and'} of at most ${max}`
    this.reject(`expected ${kind}${from}${to}, got ${show(written)}`, field)
    return Number.NaN
  }
}

/** The number in the base unit; undefined when the text is not a number with one of the units. */
function parseUnit(value: unknown, units: Readonly<Record<string, number>>): unknown {
  if (typeof value !== 'string') return value
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-z%]+)\s*$/.exec(value)
  if (match === null || !Object.hasOwn(units, match[2]!)) return undefined
  return match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]) * units[match[2]!]!
}

function show(value: unknown): string {
  return typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value)
}
