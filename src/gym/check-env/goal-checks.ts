/** Environments with goals, which have `computeReward(achieved, desired, info)`: hindsight replay calls it. */
import type { Dict } from '../spaces/dict.ts'
import { field, type Probe } from './probe.ts'
import { SPACES } from './space-checks.ts'
import { STEPS } from './step-checks.ts'
import type { Check } from './types.ts'

const KEYS = ['observation', 'achievedGoal', 'desiredGoal'] as const

type ComputeReward = (achieved: unknown, desired: unknown, info: unknown) => unknown

export const GOAL_CHECKS: readonly Check[] = [
  {
    name: 'goal-observation-keys',
    source: 'sb3',
    level: 'error',
    needs: SPACES,
    run: (probe) => {
      if (!isGoalEnv(probe)) return undefined
      const { kind, spaces } = probe.observationSpace as Dict
      const missing = KEYS.filter((key) => kind !== 'Dict' || !Object.hasOwn(spaces, key))
      return missing.length === 0
        ? undefined
        : `computeReward needs a Dict observation with ${missing.join(', ')}`
    },
  },
  {
    name: 'goal-reward-agrees',
    source: 'sb3',
    level: 'error',
    needs: [...STEPS, 'goal-observation-keys'],
    run: (probe) => {
      if (!isGoalEnv(probe)) return undefined
      for (const answer of probe.steps) {
        const observation = field(answer, 'observation') as Record<string, unknown>
        const compute = probe.suspect.computeReward as ComputeReward
        const expected = compute.call(
          probe.suspect,
          observation.achievedGoal,
          observation.desiredGoal,
          field(answer, 'info'),
        )
        const reward = field(answer, 'reward')
        if (reward !== expected)
          return `computeReward gives ${expected}, the step gave ${reward} (${answer.call})`
      }
      return undefined
    },
  },
]

function isGoalEnv({ suspect }: Probe): boolean {
  return typeof suspect.computeReward === 'function'
}
