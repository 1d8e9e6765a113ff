/** Copies of an attempt that takes long. */
import { z } from 'zod'
import { show } from '../path.ts'
import type { Distribution, Hedge } from '../types.ts'
import { either, integer, noun, type Quantity, quantity, say } from './common.ts'
import { type DistributionInput, positiveDurationDistribution } from './distribution.ts'

export type HedgeInput = {
  /** A duration, a distribution, or a quantile of the recent latencies such as p95. */
  after: DistributionInput<Quantity>
  /** Copies of one attempt at most; default 1. */
  max?: number | undefined
  /** Copies per first attempt at most, over 10 s. Default: no limit. */
  maxExtra?: Quantity | undefined
}

const EXPECTED = 'a duration above 0, a distribution or a quantile such as p95'
const HINT = 'Write 50ms, { exponential: { mean: 50ms } } or p95.'
const QUANTILE = /^p(\d{2,4})$/

const recentQuantile = z
  .string()
  .regex(QUANTILE, {
    error: (issue: { input?: unknown }) => say(`expected ${EXPECTED}, got ${show(issue.input)}`, HINT),
  })
  .transform((text): Hedge['after'] => {
    const digits = QUANTILE.exec(text)![1]!
    return { kind: 'quantile', q: Number(`0.${digits}`) }
  })

export const hedge: z.ZodType<Hedge, HedgeInput> = noun('a hedge', {
  after: either(recentQuantile, positiveDurationDistribution, EXPECTED, HINT).describe(
    'Before the copy is sent, and between copies. p95: that quantile of the last 1000 latencies of the calling site, from the 100th on.',
  ),
  max: integer(1, 10).optional().describe('Copies of one attempt at most. Default 1.'),
  maxExtra: quantity('fraction', { above: 0, max: 1 })
    .optional()
    .describe('Copies per first attempt at most, over the last 10 s. Default: no limit.'),
}).transform(
  ({ after, max, maxExtra }): Hedge => ({
    after: after as Distribution,
    max: max ?? 1,
    ...(maxExtra === undefined ? {} : { maxExtra }),
  }),
) as unknown as z.ZodType<Hedge, HedgeInput>
