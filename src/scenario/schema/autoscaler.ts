/** An autoscaler: changes the number of replicas of its service at the end of every interval. */
import type { z } from 'zod'
import { scalingPolicies } from '../../policies/index.ts'
import type { Autoscaler } from '../types.ts'
import { duration, integer, MAX_REPLICAS, noun, positiveDuration, problem, type Quantity } from './common.ts'
import { type DistributionInput, durationDistribution } from './distribution.ts'
import { type PolicyInput, policy } from './policy.ts'

export type AutoscalerInput = {
  policy: PolicyInput
  /** Default 1. */
  min?: number | undefined
  /** Also the number of slots. */
  max: number
  /** Default 15s. */
  interval?: Quantity | undefined
  /** From the request for a replica until it is ready; default 0. */
  startup?: DistributionInput<Quantity> | undefined
  /** How old the metrics are that the policy sees; default 0. */
  metricDelay?: Quantity | undefined
  /** Default: a draining replica finishes what it has. */
  drainTimeout?: Quantity | undefined
}

export const autoscaler: z.ZodType<Autoscaler, AutoscalerInput> = noun(
  'an autoscaler',
  {
    policy: policy('scaling', [...scalingPolicies.keys()]).describe(
      `Known: ${[...scalingPolicies.keys()].join(', ')}.`,
    ),
    min: integer(1, MAX_REPLICAS).optional().describe('Default 1.'),
    max: integer(1, MAX_REPLICAS).describe('Also the number of slots.'),
    interval: positiveDuration.optional().describe('Default 15s.'),
    startup: durationDistribution
      .optional()
      .describe('From the request for a replica until it is ready; default 0.'),
    metricDelay: duration.optional().describe('How old the metrics are that the policy sees; default 0.'),
    drainTimeout: duration
      .optional()
      .describe(
        'After which what is left at a draining replica ends failed (terminationGracePeriodSeconds, 30s in Kubernetes). Default: it is finished.',
      ),
  },
  { planned: ['stabilization', 'cooldown', 'warmPool', 'rampCost'] },
).transform((given, context): Autoscaler => {
  const min = given.min ?? 1
  if (min > given.max)
    problem(
      context,
      ['min'],
      `min ${min} is above max ${given.max}`,
      `Give at most ${given.max}, or raise max.`,
    )
  return {
    policy: given.policy,
    min,
    max: given.max,
    interval: given.interval ?? 15,
    startup: given.startup ?? { kind: 'constant', value: 0 },
    metricDelay: given.metricDelay ?? 0,
    ...(given.drainTimeout === undefined ? {} : { drainTimeout: given.drainTimeout }),
  }
})
