/** What every calling site, a workload or a `call` step, may say of its calls. */
import type { z } from 'zod'
import { OUTCOMES, type Outcome } from '../../results/types.ts'
import type { Backoff, CircuitBreaker, Distribution, Hedge, Retry } from '../types.ts'
import { type CircuitBreakerInput, circuitBreaker } from './circuit-breaker.ts'
import {
  choice,
  duration,
  integer,
  listOf,
  noun,
  number,
  oneOf,
  only,
  positiveDuration,
  type Quantity,
} from './common.ts'
import { type DistributionInput, positiveDurationDistribution } from './distribution.ts'
import { type HedgeInput, hedge } from './hedge.ts'
import { type RetryBudgetInput, retryBudget } from './retry-budget.ts'

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
  /** Outcomes that are retried. Default: all but circuit-open; never deadline. */
  on?: Outcome[] | undefined
  /** Default: none, every attempt is sent. */
  budget?: RetryBudgetInput | undefined
}

export type CallPolicyInput = {
  /** Of one attempt, from its send. Default: none. */
  timeout?: DistributionInput<Quantity> | undefined
  retry?: RetryInput | undefined
  /** Copies of an attempt that takes long. Default: none. */
  hedge?: HedgeInput | undefined
  /** Default: none. */
  circuitBreaker?: CircuitBreakerInput | undefined
}

const UNBOUNDED = Number.POSITIVE_INFINITY
const RETRIABLE: readonly Outcome[] = OUTCOMES.filter((outcome) => outcome !== 'ok' && outcome !== 'deadline')

const backoff: z.ZodType<Backoff, BackoffInput> = oneOf(
  'a backoff',
  {
    constant: duration.optional().describe('The same delay before every attempt.'),
    exponential: noun('exponential backoff', {
      base: positiveDuration.describe('Before the second attempt.'),
      factor: number({ min: 1 }).optional().describe('Default 2.'),
      max: positiveDuration.optional().describe('Default: unbounded.'),
      jitter: choice(['none', 'full', 'equal', 'decorrelated'])
        .optional()
        .describe(
          'full: uniform from 0; equal: uniform from the half; decorrelated: uniform from base to three times the delay before, whatever the factor. Default none.',
        ),
    })
      .optional()
      .describe('Before attempt k + 1: base x factor^(k-1), at most max, jittered.'),
  },
  { planned: ['linear'] },
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

const retry: z.ZodType<Retry, RetryInput> = noun('a retry', {
  attempts: integer(1, 1000).describe('All attempts, the first included.'),
  backoff: backoff.optional().describe('Delay before the next attempt. Default: none.'),
  on: listOf(choice(RETRIABLE), 'outcomes')
    .optional()
    .describe('Outcomes that are retried. Default: all but circuit-open; after a deadline nothing is.'),
  budget: retryBudget.optional().describe('Limits the retries of each caller. Default: no limit.'),
}).transform(
  ({ attempts, backoff, on, budget }): Retry => ({
    attempts,
    backoff: backoff ?? { base: 0, factor: 1, max: UNBOUNDED, jitter: 'none' },
    ...(on === undefined ? {} : { on }),
    ...(budget === undefined ? {} : { budget }),
  }),
)

const timeout: z.ZodType<Distribution, DistributionInput<Quantity>> = positiveDurationDistribution

/** The fields of a calling site, to be spread into its noun. */
export const callPolicyFields: {
  readonly timeout: z.ZodOptional<z.ZodType<Distribution, DistributionInput<Quantity>>>
  readonly retry: z.ZodOptional<z.ZodType<Retry, RetryInput>>
  readonly hedge: z.ZodOptional<z.ZodType<Hedge, HedgeInput>>
  readonly circuitBreaker: z.ZodOptional<z.ZodType<CircuitBreaker, CircuitBreakerInput>>
} = {
  timeout: timeout.describe('Of one attempt, from its send. Default: none.').optional(),
  retry: retry.describe('Default: one attempt.').optional(),
  hedge: hedge
    .describe('Sends a copy of an attempt that takes long; the first success counts. Default: none.')
    .optional(),
  circuitBreaker: circuitBreaker
    .describe('Stops calling a target that fails, for each caller on its own. Default: none.')
    .optional(),
}

export const plannedOfCalls: readonly string[] = ['cancel']
