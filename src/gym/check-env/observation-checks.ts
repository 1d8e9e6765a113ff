/** Whether observations are elements of their space, and if not, in what way. */

import { findMismatches, type MismatchKind } from '../spaces/mismatch.ts'
import type { Space } from '../spaces/space.ts'
import { type Answer, field } from './probe.ts'
import { RESETS } from './reset-checks.ts'
import { SOUND_SPACES } from './space-checks.ts'
import { STEPS } from './step-checks.ts'
import type { Check, CheckSource } from './types.ts'

/** Part of the name of a check, by the kind of mismatch; keys are named by Stable-Baselines3 alone. */
const KINDS: readonly (readonly [kind: MismatchKind, suffix: string, source: CheckSource])[] = [
  ['type', 'type', 'gymnasium'],
  ['shape', 'shape', 'sb3'],
  ['keys', 'keys', 'sb3'],
  ['bounds', 'bounds', 'sb3'],
  ['value', 'in-space', 'gymnasium'],
]

export const OBSERVATION_CHECKS: readonly Check[] = [
  ...KINDS.map(
    ([kind, suffix, source]): Check => ({
      name: `reset-observation-${suffix}`,
      source,
      level: 'error',
      needs: [...SOUND_SPACES, ...RESETS],
      run: ({ observationSpace, resets }) => mismatch(observationSpace, resets, kind),
    }),
  ),
  ...KINDS.map(
    ([kind, suffix, source]): Check => ({
      name: `step-observation-${suffix}`,
      source,
      level: 'error',
      needs: STEPS,
      run: ({ observationSpace, steps }) => mismatch(observationSpace, steps, kind),
    }),
  ),
]

function mismatch(space: Space, answers: readonly Answer[], kind: MismatchKind): string | undefined {
  for (const answer of answers) {
    const found = findMismatches(space, field(answer, 'observation'), 'the observation')
    const first = found.find((one) => one.kind === kind)
    if (first !== undefined) return `${first.message} (${answer.call})`
  }
  return undefined
}
