/** Whether the seed decides everything: bit for bit, not within a tolerance. */
import { copyData, firstDifference } from '../plain-data.ts'
import { field, type Probe, type Rollout } from './probe.ts'
import { RESETS } from './reset-checks.ts'
import { STEPS } from './step-checks.ts'
import type { Check } from './types.ts'

export const DETERMINISM_CHECKS: readonly Check[] = [
  {
    name: 'reset-deterministic',
    source: 'gymnasium',
    level: 'error',
    needs: RESETS,
    run: (probe) => {
      if (isNondeterministic(probe)) return undefined
      const [first, second, third, fourth] = probe.resets.map((answer) => field(answer, 'observation'))
      const seeded = firstDifference(first, third, 'the observation')
      if (seeded !== undefined) return `${seeded} after two resets with the seed ${probe.seed}`
      const next = firstDifference(second, fourth, 'the observation')
      return next && `${next} after reset({ seed: ${probe.seed} }) and reset(), twice`
    },
  },
  ...['observation', 'reward', 'terminated', 'truncated', 'info'].map(
    (name): Check => ({
      name: `${name}-deterministic`,
      source: 'gymnasium',
      level: 'error',
      needs: STEPS,
      run: (probe) => (isNondeterministic(probe) ? undefined : stepDifference(probe.rollouts, name)),
    }),
  ),
  {
    name: 'seeds-differ',
    source: 'gymnasium',
    level: 'warning',
    needs: STEPS,
    run: (probe) => {
      if (probe.options.deterministic === true) return undefined
      const [a, b] = [strip(probe.rollouts[0]), strip(probe.otherRollout)]
      if (firstDifference(a, b, '') !== undefined) return undefined
      return `the seeds ${probe.seed} and ${probe.otherSeed} gave the same episode. Is the seed used?`
    },
  },
]

function isNondeterministic({ env }: Probe): boolean {
  return env.spec?.nondeterministic === true
}

/** The first difference of one field between two rollouts, as far as both go. */
function stepDifference([a, b]: readonly [Rollout, Rollout], name: string): string | undefined {
  for (let k = 1; k < a.length && k < b.length; k++) {
    const found = firstDifference(field(a[k], name), field(b[k], name), name)
    if (found !== undefined) return `${found} in two runs with one seed and the same actions (${a[k]!.call})`
  }
  return undefined
}

/** What an agent sees of a rollout. */
function strip(rollout: Rollout): unknown {
  return copyData(rollout.map((answer) => [field(answer, 'observation'), field(answer, 'reward')]))
}
