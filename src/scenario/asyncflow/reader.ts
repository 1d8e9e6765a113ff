/**
 * Reads AsyncFlow's fields with the coercions of its own validation: `"10"`, `10.0` and `true` are integers,
 * identifiers must be texts, unknown keys are ignored (and noted) except where it refuses them.
 */
import { nearest } from '../../policies/nearest.ts'
import { type Path, show } from '../path.ts'
import type { Problems } from '../problems.ts'

export type Fields = Readonly<Record<string, unknown>>

export type NumberRule = { readonly min?: number; readonly above?: number; readonly max?: number }

export class Reader {
  readonly problems: Problems
  /** Keys that mean nothing, with their first place. */
  readonly ignored: Map<string, { readonly path: Path; count: number }> = new Map()

  constructor(problems: Problems) {
    this.problems = problems
  }

  reject(path: Path, what: string, hint?: string): undefined {
    this.problems.add(path, what, hint)
    return undefined
  }

  /** A mapping; `strict` refuses keys that are not `known`. */
  fields(
    value: unknown,
    path: Path,
    title: string,
    known: readonly string[],
    strict = false,
  ): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.reject(
        path,
        value === undefined
          ? `missing field "${path.at(-1)}"`
          : `expected ${title} (a mapping), got ${show(value)}`,
        `Its fields are ${known.join(', ')}.`,
      )
    }
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue
      const at = [...path, key]
      if (strict) {
        const meant = nearest(key, known)
        this.reject(
          at,
          `unknown field ${show(key)}`,
          meant === undefined ? `Known here are ${known.join(', ')}.` : `Did you mean "${meant}"?`,
        )
      } else {
        const before = this.ignored.get(key)
        if (before === undefined) this.ignored.set(key, { path: at, count: 1 })
        else before.count++
      }
    }
    return value as Fields
  }

  list(value: unknown, path: Path, title: string): readonly unknown[] | undefined {
    if (Array.isArray(value)) return value
    return this.reject(
      path,
      value === undefined
        ? `missing field "${path.at(-1)}"`
        : `expected a list of ${title}, got ${show(value)}`,
      'Write one "- " entry for each.',
    )
  }

  text(value: unknown, path: Path): string | undefined {
    if (typeof value === 'string' && value !== '') return value
    if (value === undefined) return this.reject(path, `missing field "${path.at(-1)}"`, 'Write a text.')
    return this.reject(
      path,
      `expected a text, got ${show(value)}`,
      typeof value === 'number' || typeof value === 'boolean' ? 'Put it in quotes.' : 'Write a text.',
    )
  }

  choice<const T extends string>(value: unknown, path: Path, options: readonly T[]): T | undefined {
    const found = options.find((option) => option === value)
    if (found !== undefined) return found
    if (value === undefined)
      return this.reject(path, `missing field "${path.at(-1)}"`, `Choose one of ${options.join(', ')}.`)
    const meant = typeof value === 'string' ? nearest(value, options) : undefined
    return this.reject(
      path,
      `expected one of ${options.join(', ')}, got ${show(value)}`,
      meant === undefined ? undefined : `Did you mean "${meant}"?`,
    )
  }

  /** Coerces texts and truth values as AsyncFlow does; `exact` takes numbers (and truth values) only. */
  number(value: unknown, path: Path, rule: NumberRule = {}, exact = false): number | undefined {
    if (value === undefined) return this.reject(path, `missing field "${path.at(-1)}"`, 'Give a number.')
    const number = coerce(value, exact)
    if (number === undefined)
      return this.reject(
        path,
        `expected a number, got ${show(value)}`,
        exact && typeof value === 'string'
          ? 'Write it without quotes and with a point, e.g. 1.0e-3.'
          : 'Give a number.',
      )
    return this.within(number, value, path, 'a number', rule)
  }

  integer(value: unknown, path: Path, rule: NumberRule = {}): number | undefined {
    if (value === undefined) return this.reject(path, `missing field "${path.at(-1)}"`, 'Give an integer.')
    const number = coerce(value, false)
    if (
      number === undefined ||
      !Number.isSafeInteger(number) ||
      (typeof value === 'string' && !/^\s*[-+]?\d+(\.0*)?\s*$/.test(value))
    ) {
      return this.reject(path, `expected an integer, got ${show(value)}`, 'Give a whole number.')
    }
    return this.within(number, value, path, 'an integer', rule)
  }

  private within(
    number: number,
    written: unknown,
    path: Path,
    kind: string,
    { min, above, max }: NumberRule,
  ): number | undefined {
    if (!Number.isFinite(number)) return this.reject(path, `expected a finite number, got ${show(written)}`)
    if (above !== undefined && !(number > above))
      return this.reject(path, `expected ${kind} above ${above}, got ${show(written)}`)
    if (min !== undefined && number < min)
      return this.reject(
        path,
        `expected ${kind} of at least ${min}, got ${show(written)}`,
        `Give at least ${min}.`,
      )
    if (max !== undefined && number > max)
      return this.reject(
        path,
        `expected ${kind} of at most ${max}, got ${show(written)}`,
        `Give at most ${max}.`,
      )
    return number
  }
}

function coerce(value: unknown, exact: boolean): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  if (exact || typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value.trim())
  return Number.isNaN(number) ? undefined : number
}
