/** What `step` returns. */
import { describe } from '../spaces/json-number.ts'
import { type Answer, field } from './probe.ts'
import { infoFault, RESETS, thrown } from './reset-checks.ts'
import { SOUND_SPACES } from './space-checks.ts'
import type { Check, CheckLevel, CheckSource } from './types.ts'

/** What must hold for the results of steps to be looked at. */
export const STEPS: readonly string[] = [
  ...SOUND_SPACES,
  ...RESETS,
  'step-accepts-actions',
  'step-returns-five-fields',
]

const FIELDS = ['observation', 'reward', 'terminated', 'truncated', 'info'] as const

export const STEP_CHECKS: readonly Check[] = [
  {
    name: 'step-accepts-actions',
    source: 'gymnasium',
    level: 'error',
    needs: [...SOUND_SPACES, ...RESETS],
    run: ({ steps }) => thrown(steps),
  },
  {
    name: 'step-returns-five-fields',
    source: 'gymnasium',
    level: 'error',
    needs: ['step-accepts-actions'],
    run: ({ steps }) => {
      for (const answer of steps) {
        const missing = FIELDS.filter((name) => field(answer, name) === undefined)
        if (missing.length === 0) continue
        const old = field(answer, 'done') === undefined ? '' : '. Split done into terminated and truncated'
        return `${answer.call} returned no ${missing.join(', no ')}${old}`
      }
      return undefined
    },
  },
  perStep('reward-is-number', 'error', 'sb3', (answer) => {
    const reward = field(answer, 'reward')
    return typeof reward === 'number' ? undefined : `the reward is ${describe(reward)}, not a number`
  }),
  perStep('reward-not-nan', 'error', 'sb3', (answer) =>
    Number.isNaN(field(answer, 'reward')) ? 'the reward is NaN' : undefined,
  ),
  perStep('reward-not-infinite', 'error', 'sb3', (answer) => {
    const reward = field(answer, 'reward')
    return reward === Number.POSITIVE_INFINITY || reward === Number.NEGATIVE_INFINITY
      ? `the reward is ${reward}`
      : undefined
  }),
  flag('terminated'),
  flag('truncated'),
  {
    name: 'step-info-is-object',
    source: 'gymnasium',
    level: 'error',
    needs: STEPS,
    run: ({ steps }) => infoFault(steps),
  },
  {
    name: 'observation-is-finite',
    source: 'sb3',
    level: 'error',
    needs: STEPS,
    run: ({ rollouts }) => {
      const infinite = rollouts[0].find((answer) => hasInfinity(field(answer, 'observation')))
      return infinite === undefined ? undefined : `the observation has an infinite element (${infinite.call})`
    },
  },
  {
    name: 'first-step-not-truncated',
    source: 'gymnasium',
    level: 'error',
    needs: STEPS,
    run: ({ steps }) => (field(steps[0], 'truncated') === true ? 'the first step was truncated' : undefined),
  },
]

function perStep(
  name: string,
  level: CheckLevel,
  source: CheckSource,
  fault: (answer: Answer) => string | undefined,
): Check {
  return {
    name,
    source,
    level,
    needs: STEPS,
    run: ({ steps }) => {
      for (const answer of steps) {
        const found = fault(answer)
        if (found !== undefined) return `${found} (${answer.call})`
      }
      return undefined
    },
  }
}

function flag(name: 'terminated' | 'truncated'): Check {
  return perStep(`${name}-is-boolean`, 'error', 'sb3', (answer) => {
    const value = field(answer, name)
    return typeof value === 'boolean' ? undefined : `${name} is ${describe(value)}, not a boolean`
  })
}

function hasInfinity(x: unknown): boolean {
  if (typeof x === 'number') return x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY
  if (typeof x !== 'object' || x === null) return false
  return (ArrayBuffer.isView(x) ? Array.from(x as unknown as Float64Array) : Object.values(x)).some(
    hasInfinity,
  )
}
