/** How many retries a caller may send. */
import type { z } from 'zod'
import type { RetryBudget } from '../types.ts'
import { either, noun, number, positiveDuration, problem, type Quantity, quantity } from './common.ts'

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
})

export const retryBudget: z.ZodType<RetryBudget, RetryBudgetInput> = either(
  share.transform((percent): RetryBudget => ({ kind: 'tokens', percent, window: WINDOW, reserve: 0 })),
  written
    .check((context) => {
      const { percent, throttle, window, reserve } = context.value
      const wrong =
        throttle === undefined
          ? percent === undefined
          : percent !== undefined || window !== undefined || reserve !== undefined
      if (!wrong) return
      problem(
        context,
        [],
        'expected a retry budget with either percent or throttle',
        'Write { percent: 20%, window: 10s } or { throttle: { maxTokens: 10 } }.',
      )
    })
    .transform(
      ({ percent, window, reserve, throttle }): RetryBudget =>
        throttle === undefined
          ? { kind: 'tokens', percent: percent!, window: window ?? WINDOW, reserve: reserve ?? 0 }
          : { kind: 'throttle', maxTokens: throttle.maxTokens ?? 10, tokenRatio: throttle.tokenRatio ?? 0.1 },
    ),
  'a share of the requests or a retry budget',
  'Write 20%, or { percent: 20%, window: 10s, reserve: 1/s }, or { throttle: { maxTokens: 10, tokenRatio: 0.1 } }.',
) as unknown as z.ZodType<RetryBudget, RetryBudgetInput>
