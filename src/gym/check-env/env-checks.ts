/** Whether the object is an environment at all. */
import { isSpace } from '../spaces/space.ts'
import type { Check } from './types.ts'

const METHODS = ['reset', 'step', 'close'] as const

export const ENV_CHECKS: readonly Check[] = [
  {
    name: 'env-has-methods',
    source: 'gymnasium',
    level: 'error',
    needs: [],
    run: ({ suspect }) => {
      const missing = METHODS.filter((name) => typeof suspect[name] !== 'function')
      return missing.length === 0 ? undefined : `the environment has no ${missing.join(', no ')}`
    },
  },
  {
    name: 'env-is-unwrapped',
    source: 'gymnasium',
    level: 'warning',
    needs: ['env-has-methods'],
    run: ({ suspect }) =>
      suspect.unwrapped === suspect ? undefined : 'wrappers hide faults. Check env.unwrapped instead',
  },
  {
    name: 'action-space-is-space',
    source: 'gymnasium',
    level: 'error',
    needs: [],
    run: ({ suspect }) =>
      isSpace(suspect.actionSpace) ? undefined : 'actionSpace is missing or not a Space',
  },
  {
    name: 'observation-space-is-space',
    source: 'gymnasium',
    level: 'error',
    needs: [],
    run: ({ suspect }) =>
      isSpace(suspect.observationSpace) ? undefined : 'observationSpace is missing or not a Space',
  },
  {
    name: 'no-seed-method',
    source: 'gymnasium',
    level: 'warning',
    needs: [],
    run: ({ suspect }) =>
      typeof suspect.seed === 'function' ? 'there is a seed() method. Seed with reset({ seed })' : undefined,
  },
]
