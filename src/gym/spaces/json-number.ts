/** Numbers to and from JSON without loss: JSON has no infinities, no NaN and, when written, no negative zero. */
import { reject } from '../../random/check.ts'
import type { JsonNumber } from './space.ts'

export function numberToJson(value: number): JsonNumber {
  if (Number.isNaN(value)) return 'nan'
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  return Object.is(value, -0) ? '-0' : value
}

/** Throws ConfigError when `data` is not a number in this form. */
export function numberFromJson(data: unknown, path: string): number {
  if (typeof data === 'number') return data
  if (data === 'inf') return Number.POSITIVE_INFINITY
  if (data === '-inf') return Number.NEGATIVE_INFINITY
  if (data === 'nan') return Number.NaN
  if (data === '-0') return -0
  return reject(`expected a number, got ${describe(data)}`, path, '')
}

/** A short name of what a value is, for messages. */
export function describe(x: unknown): string {
  if (Object.is(x, -0)) return '-0'
  if (x === null || x === undefined || typeof x === 'boolean' || typeof x === 'number') return String(x)
  if (typeof x === 'string') return `"${x.length > 40 ? `${x.slice(0, 37)}...` : x}"`
  if (typeof x === 'object') {
    const name = Object.getPrototypeOf(x)?.constructor?.name ?? 'object'
    const length = (x as { length?: unknown }).length
    return typeof length === 'number' ? `${name}(${length})` : name
  }
  return typeof x
}

/** Reads a list of exactly `size` numbers into `out`. */
export function readNumbers(data: unknown, out: { [i: number]: number; length: number }, path: string): void {
  if (!Array.isArray(data) || data.length !== out.length) {
    reject(`expected a list of ${out.length} numbers, got ${describe(data)}`, path, '')
  }
  const list: readonly unknown[] = data
  for (let i = 0; i < out.length; i++) out[i] = numberFromJson(list[i], `${path}[${i}]`)
}
