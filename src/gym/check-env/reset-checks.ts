/** What `reset` takes and returns. */
import { type Answer, field, messageOf } from './probe.ts'
import { SPACES } from './space-checks.ts'
import type { Check } from './types.ts'

/** What must hold for the observations of resets to be looked at. */
export const RESETS: readonly string[] = [
  ...SPACES,
  'env-has-methods',
  'reset-accepts-seed',
  'reset-without-seed',
  'reset-returns-observation-and-info',
]

export const RESET_CHECKS: readonly Check[] = [
  {
    name: 'reset-accepts-seed',
    source: 'gymnasium',
    level: 'error',
    needs: ['env-has-methods'],
    run: ({ resets }) => thrown([resets[0], resets[2], resets[4]]),
  },
  {
    name: 'reset-without-seed',
    source: 'gymnasium',
    level: 'error',
    needs: ['env-has-methods'],
    run: ({ resets }) => thrown([resets[1], resets[3]]),
  },
  {
    name: 'reset-accepts-options',
    source: 'gymnasium',
    level: 'error',
    needs: ['env-has-methods'],
    run: (probe) => thrown([probe.resetWithOptions]),
  },
  {
    name: 'reset-returns-observation-and-info',
    source: 'gymnasium',
    level: 'error',
    needs: ['reset-accepts-seed', 'reset-without-seed'],
    run: ({ resets }) => {
      for (const answer of resets) {
        const missing = ['observation', 'info'].filter((name) => field(answer, name) === undefined)
        if (missing.length > 0) return `${answer.call} returned no ${missing.join(' and no ')}`
      }
      return undefined
    },
  },
  {
    name: 'reset-info-is-object',
    source: 'gymnasium',
    level: 'error',
    needs: ['reset-returns-observation-and-info'],
    run: ({ resets }) => infoFault(resets),
  },
]

export function thrown(answers: readonly (Answer | undefined)[]): string | undefined {
  const failed = answers.find((answer) => answer?.error !== undefined)
  return failed === undefined ? undefined : `${failed.call} threw: ${messageOf(failed.error)}`
}

export function infoFault(answers: readonly Answer[]): string | undefined {
  for (const answer of answers) {
    const info = field(answer, 'info')
    if (typeof info !== 'object' || info === null || Array.isArray(info)) {
      return `info is not an object (${answer.call})`
    }
  }
  return undefined
}
