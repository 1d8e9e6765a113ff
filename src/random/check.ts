/** Checks of parameters before a run; each throws a ConfigError that names the field. */
import { ConfigError } from '../errors.ts'

/** Throws. `path` and `field` are joined by a dot where both are given. */
export function reject(what: string, path: string, field: string, hint?: string): never {
  throw new ConfigError([{ what, path: [path, field].filter((part) => part !== '').join('.'), hint }])
}

/** Finite and above 0. */
export function checkPositive(value: number, path: string, field: string, hint?: string): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    reject(`expected a finite number above 0, got ${value}`, path, field, hint)
  }
}

/** Finite and at least 0. */
export function checkNotNegative(value: number, path: string, field: string): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    reject(`expected a finite number of at least 0, got ${value}`, path, field)
  }
}
