/** Reads the keyword arguments of an environment: every problem is reported, unknown names with the nearest one. */
import { ConfigError, type Problem } from '../../src/errors.ts'
import { nearest } from '../../src/policies/nearest.ts'
import type { PolicySpec } from '../../src/scenario/index.ts'

export class Options {
  private readonly given: Readonly<Record<string, unknown>>
  private readonly problems: Problem[] = []
  private readonly known: string[] = []
  /** What was read so far, with the defaults of what is not given. */
  readonly values: Record<string, unknown> = {}

  constructor(given: Readonly<Record<string, unknown>>) {
    this.given = given
  }

  raw(name: string, fallback: unknown): unknown {
    this.known.push(name)
    const value = this.given[name] === undefined ? fallback : this.given[name]
    this.values[name] = value
    return value
  }

  number(name: string, fallback: number, above: number): number {
    const value = this.raw(name, fallback)
    if (typeof value === 'number' && value > above && value < Number.POSITIVE_INFINITY) return value
    return this.reject(name, `expected a number above ${above}, got ${show(value)}`, fallback)
  }

  integer(name: string, fallback: number, least: number): number {
    const value = this.raw(name, fallback)
    if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
    return this.reject(name, `expected an integer of at least ${least}, got ${show(value)}`, fallback)
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.raw(name, fallback)
    return typeof value === 'boolean'
      ? value
      : this.reject(name, `expected true or false, got ${show(value)}`, fallback)
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.raw(name, fallback)
    const found = choices.find((choice) => choice === value)
    if (found !== undefined) return found
    const meant = typeof value === 'string' ? nearest(value, choices) : undefined
    const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`
    return this.reject(name, `expected one of ${choices.join(', ')}, got ${show(value)}`, fallback, hint)
  }

  /** A number for each class named; `zero`: 0 is one too. */
  byClass(name: string, zero: boolean): Readonly<Record<string, number>> {
    const given = this.raw(name, {})
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return this.reject(name, `expected { class: number }, got ${show(given)}`, {})
    }
    const numbers = given as Readonly<Record<string, number>>
    for (const [key, value] of Object.entries(numbers)) {
      if (typeof value === 'number' && (zero ? value >= 0 : value > 0) && value < Number.POSITIVE_INFINITY)
        continue
      const wanted = zero ? 'a number of at least 0' : 'a number above 0'
      this.reject(`${name}.${key}`, `expected ${wanted}, got ${show(value)}`, undefined)
    }
    return numbers
  }

  reject<T>(name: string, what: string, fallback: T, hint?: string): T {
    this.problems.push({ what, path: name, hint })
    return fallback
  }

  /** @throws ConfigError when anything was wrong. Call it after the last read. */
  finish(): void {
    for (const name of Object.keys(this.given)) {
      if (this.known.includes(name) || this.given[name] === undefined) continue
      const meant = nearest(name, this.known)
      this.reject(
        name,
        `unknown option "${name}"`,
        undefined,
        meant ? `Did you mean "${meant}"?` : `Known are ${this.known.join(', ')}.`,
      )
    }
    if (this.problems.length > 0) throw new ConfigError(this.problems)
  }
}

function show(value: unknown): string {
  return typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value)
}

/**
 * What `numbers` says of each class, by its full name or by the last part of it; undefined where it says nothing.
 *
 * @throws ConfigError on a name that no class has.
 */
export function ofClasses(
  option: string,
  numbers: Readonly<Record<string, number>>,
  classes: readonly string[],
): (number | undefined)[] {
  const short = (name: string): string => name.split('.').at(-1)!
  const names = [...new Set(classes.flatMap((name) => [name, short(name)]))]
  const problems: Problem[] = Object.keys(numbers)
    .filter((key) => !names.includes(key))
    .map((key) => {
      const meant = nearest(key, names)
      return {
        what: `the scenario has no class "${key}"`,
        path: `${option}.${key}`,
        hint: meant ? `Did you mean "${meant}"?` : `It has ${classes.join(', ')}.`,
      }
    })
  if (problems.length > 0) throw new ConfigError(problems)
  return classes.map((name) => numbers[name] ?? numbers[short(name)])
}

export type Start =
  | { readonly kind: 'empty' }
  | { readonly kind: 'warm'; readonly policy: unknown; readonly for: number | undefined }

/** `empty`, or `{ warm: policy, for: seconds }`; both of the second have defaults. */
export function readStart(options: Options, policy: unknown): Start {
  const value = options.raw('start', 'warm')
  if (value === 'empty') return { kind: 'empty' }
  if (value === 'warm') return { kind: 'warm', policy, for: undefined }
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((key) => key === 'warm' || key === 'for')
  ) {
    const { warm = policy, for: seconds } = value as { warm?: unknown; for?: unknown }
    if (seconds === undefined || (typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds))) {
      return { kind: 'warm', policy: warm, for: seconds }
    }
  }
  return options.reject('start', `expected "empty" or { warm: policy, for: seconds }, got ${show(value)}`, {
    kind: 'empty',
  })
}

/** A policy as a scenario writes it: a name, or a name with its parameters. @throws ConfigError */
export function policySpec(policy: unknown, path: string): PolicySpec {
  if (typeof policy === 'string') return { name: policy, params: {} }
  const [entry] = Object.entries((policy ?? {}) as Record<string, Record<string, unknown>>)
  if (entry === undefined)
    throw new ConfigError([{ what: 'expected a policy name or { name: parameters }', path }])
  return { name: entry[0], params: entry[1] ?? {} }
}
