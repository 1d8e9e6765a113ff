/** What every calling site, a workload or a `call` step, may say of its calls. */
import type { z } from 'zod'
import type { Backoff, Distribution, Retry } from '../types.ts'
import {
  choice,
  duration,
  integer,
  noun,
  number,
  oneOf,
  only,
  positiveDuration,
  type Quantity,
} from './common.ts'
import { type DistributionInput, positiveDurationDistribution } from './distribution.ts'

export type BackoffInput = {
  /** The same delay before every attempt. */
  constant?: Quantity | undefined
  /** Before attempt k + 1: min(max, base x factor^(k-1)), jittered. */
  exponential?:
    | {
        base: Quantity
        factor?: number | undefined
        max?: Quantity | undefined
        jitter?: Backoff['jitter'] | undefined
      }
    | undefined
}

export type RetryInput = {
  /** All attempts, the first included. */
  attempts: number
  /** Default: at once. */
  backoff?: BackoffInput | undefined
}

export type CallPolicyInput = {
  /** Of one attempt, from its send. Default: none. */
  timeout?: DistributionInput<Quantity> | undefined
  retry?: RetryInput | undefined
}

const UNBOUNDED = Number.POSITIVE_INFINITY

const backoff: z.ZodType<Backoff, BackoffInput> = oneOf(
  'a backoff',
  {
    constant: duration.optional().describe('The same delay before every attempt.'),
    exponential: noun('exponential backoff', {
      base: positiveDuration.describe('Before the second attempt.'),
      factor: number({ min: 1 }).optional().describe('Default 2.'),
      max: positiveDuration.optional().describe('Default: unbounded.'),
      jitter: choice(['none', 'full', 'equal'])
        .optional()
        .describe('full: uniform from 0; equal: uniform from the half. Default none.'),
    }).optional(),
  },
  { planned: ['decorrelated', 'linear'] },
).transform((written): Backoff => {
  const [kind, params] = only(written)
  if (kind === 'constant') return { base: params as number, factor: 1, max: UNBOUNDED, jitter: 'none' }
  const { base, factor, max, jitter } = params as {
    base: number
    factor?: number
    max?: number
    jitter?: Backoff['jitter']
  }
  return { base, factor: factor ?? 2, max: max ?? UNBOUNDED, jitter: jitter ?? 'none' }
})

const retry: z.ZodType<Retry, RetryInput> = noun(
  'a retry',
  {
    attempts: integer(1, 1000).describe('All attempts, the first included.'),
    backoff: backoff.optional().describe('Delay before the next attempt. Default: none.'),
  },
  { planned: ['budget', 'on'] },
).transform(
  ({ attempts, backoff }): Retry => ({
    attempts,
    backoff: backoff ?? { base: 0, factor: 1, max: UNBOUNDED, jitter: 'none' },
  }),
)

const timeout: z.ZodType<Distribution, DistributionInput<Quantity>> = positiveDurationDistribution

/** The fields of a calling site, to be spread into its noun. */
export const callPolicyFields: {
  readonly timeout: z.ZodOptional<z.ZodType<Distribution, DistributionInput<Quantity>>>
  readonly retry: z.ZodOptional<z.ZodType<Retry, RetryInput>>
} = {
  timeout: timeout.describe('Of one attempt, from its send. Default: none.').optional(),
  retry: retry.describe('Default: one attempt.').optional(),
}

export const plannedOfCalls: readonly string[] = ['hedge', 'circuitBreaker', 'cancel']
