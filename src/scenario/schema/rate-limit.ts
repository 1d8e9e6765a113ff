/** How many requests a server takes per second. */
import type { z } from 'zod'
import type { RateLimitSpec } from '../overload-types.ts'
import { flag, integer, noun, number, problem, type Quantity, quantity } from './common.ts'

export type RateLimitInput = {
  rate?: Quantity | undefined
  burst?: number | undefined
  leaky?: { rate: Quantity; capacity: number } | undefined
  perClass?: boolean | undefined
}

const MANY = 1_000_000

const rate = quantity('rate', { above: 0 })

export const rateLimit: z.ZodType<RateLimitSpec, RateLimitInput> = noun('a rate limit', {
  rate: rate.optional().describe('Requests per second.'),
  burst: number({ min: 1, max: MANY })
    .optional()
    .describe('Tokens that are kept, which is how many pass at once. Starts full. Default 1.'),
  leaky: noun('a leaky bucket', {
    rate: rate.describe('At which requests leave it.'),
    capacity: integer(1, MANY).describe('Requests in it; others are refused.'),
  })
    .optional()
    .describe('Instead: requests wait so that they pass at an even rate.'),
  perClass: flag().optional().describe('Each class of each workload has its own. Default false.'),
}).transform(({ rate, burst, leaky, perClass = false }, context): RateLimitSpec => {
  if ((rate === undefined) === (leaky === undefined) || (leaky !== undefined && burst !== undefined))
    problem(
      context,
      [],
      'expected a rate limit with either rate and burst or leaky',
      'Write { rate: 500/s, burst: 50 } or { leaky: { rate: 500/s, capacity: 50 } }.',
    )
  if (leaky !== undefined) return { kind: 'leaky', perClass, ...leaky }
  return { kind: 'token', perClass, rate: rate ?? 1, burst: burst ?? 1 }
}) as unknown as z.ZodType<RateLimitSpec, RateLimitInput>
