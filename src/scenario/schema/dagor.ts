/** Admission by priority levels that follow the wait (DAGOR). */
import type { z } from 'zod'
import type { DagorSpec } from '../overload-types.ts'
import { flag, fraction, integer, noun, positiveDuration, type Quantity, quantity } from './common.ts'

export type DagorInput = {
  queueTime?: Quantity | undefined
  window?: Quantity | undefined
  requests?: number | undefined
  decrease?: Quantity | undefined
  increase?: Quantity | undefined
  share?: boolean | undefined
}

export const dagor: z.ZodType<DagorSpec, DagorInput> = noun('dagor', {
  queueTime: positiveDuration
    .optional()
    .describe('Mean wait until a request gets its first core, above which there is overload. Default 20ms.'),
  window: positiveDuration
    .optional()
    .describe('The level is set anew after this time, or after `requests` requests. Default 1s.'),
  requests: integer(1, 1_000_000).optional().describe('See window. Default 2000.'),
  decrease: quantity('fraction', { above: 0, max: 1 })
    .optional()
    .describe('Under overload so much less than was admitted in the window is admitted. Default 5%.'),
  increase: fraction
    .optional()
    .describe('Without overload so much more of what came in the window is admitted. Default 1%.'),
  share: flag()
    .optional()
    .describe(
      'Callers learn the level with each answer and keep back what would be refused. Default true (as in the paper).',
    ),
}).transform(({ queueTime, window, requests, decrease, increase, share }) => ({
  queueTime: queueTime ?? 0.02,
  window: window ?? 1,
  requests: requests ?? 2000,
  decrease: decrease ?? 0.05,
  increase: increase ?? 0.01,
  share: share ?? true,
})) as unknown as z.ZodType<DagorSpec, DagorInput>
