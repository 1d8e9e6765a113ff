import { reject } from '../../random/check.ts'

/** A frozen copy. Throws ConfigError unless all sides are integers of at least 1. */
export function checkShape(shape: readonly number[], path: string): readonly number[] {
  if (!Array.isArray(shape)) reject('expected a list of integers', path, '')
  for (const side of shape) {
    if (!(Number.isInteger(side) && side >= 1))
      reject(`expected integers of at least 1, got ${side}`, path, '')
  }
  return Object.freeze([...shape])
}
