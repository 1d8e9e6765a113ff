/** How many retries a caller may send. */
import type { z } from 'zod'
import type { RetryBudget } from '../types.ts'
import {
  either,
  integer,
  noun,
  number,
  positiveDuration,
  problem,
  type Quantity,
  quantity,
} from './common.ts'

export type RetryBudgetInput =
  | Quantity
  | {
      /** Retries per first attempt. */
      percent?: Quantity | undefined
      /** After which first attempts are forgotten; default 10s. */
      window?: Quantity | undefined
      /** Retries per second beside; default 0. */
      reserve?: Quantity | undefined
      throttle?: { maxTokens?: number | undefined; tokenRatio?: number | undefined } | undefined
      /** Retries under way per attempt in flight. */
      active?: Quantity | undefined
      /** With `active`: so many retries may always be under way; default 3. */
      min?: number | undefined
    }

/** Seconds, as in Finagle. */
const WINDOW = 10

const share = quantity('fraction', { above: 0, max: 1 })

const throttle = noun('a throttle', {
  maxTokens: number({ above: 0, max: 1000 })
    .optional()
    .describe('Tokens at the start, and at most. Default 10.'),
  tokenRatio: number({ min: 0.001, max: 1000 })
    .optional()
    .describe('Tokens that a success gives. Default 0.1.'),
})

const written = noun('a retry budget', {
  percent: share.optional().describe('Retries per first attempt.'),
  window: positiveDuration
    .optional()
    .describe('After which first attempts and retries are forgotten, in tenths. Default 10s (Finagle).'),
  reserve: quantity('rate').optional().describe('Retries per second that cost nothing. Default 0.'),
  throttle: throttle
    .optional()
    .describe(
      'gRPC: a failure costs a token, a success gives a part of one; retries while more than half are there.',
    ),
  active: share
    .optional()
    .describe(
      'Envoy: retries that may be under way at a time, from their backoff to their end, per attempt in flight. Envoy has 20%.',
    ),
  min: integer(0, 1_000_000)
    .optional()
    .describe('With active: so many retries may be under way in any case. Default 3 (Envoy).'),
})

export const retryBudget: z.ZodType<RetryBudget, RetryBudgetInput> = either(
  share.transform((percent): RetryBudget => ({ kind: 'tokens', percent, window: WINDOW, reserve: 0 })),
  written
    .check((context) => {
      const { percent, window, reserve, throttle, active, min } = context.value
      const tokens = percent !== undefined
      const forms = [tokens, throttle !== undefined, active !== undefined].filter(Boolean).length
      const stray =
        (!tokens && (window ?? reserve) !== undefined) || (active === undefined && min !== undefined)
      if (forms === 1 && !stray) return
      problem(
        context,
        [],
        'expected a retry budget with one of percent, throttle and active',
        'Write { percent: 20%, window: 10s }, { throttle: { maxTokens: 10 } } or { active: 20%, min: 3 }.',
      )
    })
    .transform(({ percent, window, reserve, throttle, active, min }): RetryBudget => {
      if (throttle !== undefined)
        return {
          kind: 'throttle',
          maxTokens: throttle.maxTokens ?? 10,
          tokenRatio: throttle.tokenRatio ?? 0.1,
        }
      if (active !== undefined) return { kind: 'active', share: active, min: min ?? 3 }
      return { kind: 'tokens', percent: percent!, window: window ?? WINDOW, reserve: reserve ?? 0 }
    }),
  'a share of the requests or a retry budget',
  'Write 20%, or { percent: 20%, window: 10s, reserve: 1/s }, { throttle: { maxTokens: 10, tokenRatio: 0.1 } }, or { active: 20%, min: 3 }.',
) as unknown as z.ZodType<RetryBudget, RetryBudgetInput>
