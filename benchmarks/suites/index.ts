import { UnknownIdError } from '../../src/errors.ts'
import { nearest } from '../../src/policies/nearest.ts'
import type { Suite } from '../types.ts'
import { quick } from './quick.ts'

/** The suites that come with the package. */
export const suites: ReadonlyMap<string, Suite> = new Map([[quick.name, quick]])

/** Throws UnknownIdError. */
export function findSuite(name: string): Suite {
  const suite = suites.get(name)
  if (suite !== undefined) return suite
  const meant = nearest(name, suites.keys())
  const hint = meant ? `Did you mean "${meant}"?` : `There is ${[...suites.keys()].join(', ')}.`
  throw new UnknownIdError(name, `unknown suite "${name}". ${hint}`)
}
