/** How many requests a server works on at a time. */
import { z } from 'zod'
import type { ConcurrencyLimitSpec, ConcurrencySpec } from '../overload-types.ts'
import {
  duration,
  either,
  integer,
  noun,
  number,
  oneOf,
  only,
  positiveDuration,
  problem,
  type Quantity,
} from './common.ts'

/** Legs above the limit that may wait; default none. */
type WaitInput = {
  maxQueue?: number | undefined
  /** Default: for as long as it takes. */
  maxWait?: Quantity | undefined
}

export type ConcurrencyLimitInput =
  | number
  | {
      fixed?: ({ limit: number } & WaitInput) | undefined
      aimd?:
        | ({
            initial?: number | undefined
            min?: number | undefined
            max?: number | undefined
            backoff?: number | undefined
            timeout?: Quantity | undefined
          } & WaitInput)
        | undefined
      vegas?: ({ initial?: number | undefined; max?: number | undefined } & WaitInput) | undefined
      gradient?:
        | ({
            initial?: number | undefined
            min?: number | undefined
            max?: number | undefined
            queue?: number | undefined
            smoothing?: number | undefined
            tolerance?: number | undefined
            window?: number | undefined
          } & WaitInput)
        | undefined
      bulkhead?: { concurrent?: number | undefined; maxWait?: Quantity | undefined } | undefined
    }

const MANY = 1_000_000

const limit = (): z.ZodType<number, number> => integer(1, MANY)

const waiting = {
  maxQueue: integer(0, MANY)
    .optional()
    .describe('Requests above the limit that wait for their turn; others are shed. Default 0.'),
  maxWait: duration.optional().describe('Of such a request, which is then shed. Default: no such limit.'),
}

const fixed = noun('a fixed limit', { limit: limit().describe('Requests in flight.'), ...waiting })

const aimd = noun('aimd', {
  initial: limit().optional().describe('Default 20 (Netflix concurrency-limits).'),
  min: limit().optional().describe('Default 20.'),
  max: limit().optional().describe('Default 200.'),
  backoff: number({ above: 0, max: 0.999 }).optional().describe('Factor of a decrease. Default 0.9.'),
  timeout: positiveDuration.optional().describe('Longer requests lower the limit. Default 5s.'),
  ...waiting,
})

const vegas = noun('vegas', {
  initial: limit().optional().describe('Default 20 (Netflix concurrency-limits).'),
  max: limit().optional().describe('Default 1000.'),
  ...waiting,
})

const gradient = noun('gradient', {
  initial: limit().optional().describe('Default 20 (Netflix concurrency-limits, Gradient2).'),
  min: limit().optional().describe('Default 20.'),
  max: limit().optional().describe('Default 200.'),
  queue: integer(0, MANY).optional().describe('Requests that may be queued. Default 4.'),
  smoothing: number({ above: 0, max: 1 }).optional().describe('Weight of a new limit. Default 0.2.'),
  tolerance: number({ min: 1, max: 1000 })
    .optional()
    .describe('A time up to so many averages lowers nothing. Default 1.5.'),
  window: integer(1, MANY).optional().describe('Requests in the long average. Default 600.'),
  ...waiting,
})

const bulkhead = noun('a bulkhead', {
  concurrent: limit().optional().describe('Requests in flight. Default 25 (resilience4j).'),
  maxWait: duration.optional().describe('How long others wait for their turn. Default 0.'),
})

const concurrencyForms = oneOf('a concurrency limit', {
  fixed: fixed.optional().describe('So many requests in flight, whatever happens.'),
  aimd: aimd.optional().describe('Additive increase, multiplicative decrease.'),
  vegas: vegas.optional().describe('By the requests that must be queued, as TCP Vegas.'),
  gradient: gradient.optional().describe('By the ratio of the usual time to the last one.'),
  bulkhead: bulkhead.optional().describe('A fixed limit with a wait.'),
}).transform((written, context): ConcurrencySpec => {
  // The check before has left exactly one field.
  const form = only(written) as unknown as readonly [string, Record<string, number | undefined>] | undefined
  if (form === undefined) return z.NEVER
  const [name, given] = form
  if (name === 'bulkhead') {
    const { concurrent = 25, maxWait = 0 } = given
    return {
      limit: { kind: 'fixed', limit: concurrent },
      maxQueue: maxWait > 0 ? Number.POSITIVE_INFINITY : 0,
      maxWait,
    }
  }
  const { maxQueue = 0, maxWait = Number.POSITIVE_INFINITY, ...own } = given
  const range = RANGES[name]
  if (range !== undefined) {
    const max = own.max ?? range.max
    const min = own.min ?? Math.min(range.min, max)
    const initial = own.initial ?? Math.min(Math.max(20, min), max)
    if (min > max || initial < min || initial > max) {
      problem(
        context,
        [name],
        `expected min <= initial <= max, got ${min}, ${initial} and ${max}`,
        'The defaults are those of the documentation; give all three.',
      )
    }
    return {
      limit: { ...DEFAULTS[name], ...own, kind: name, min, initial, max } as ConcurrencyLimitSpec,
      maxQueue,
      maxWait,
    }
  }
  return { limit: { ...own, kind: name } as ConcurrencyLimitSpec, maxQueue, maxWait }
})

const RANGES: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  aimd: { min: 20, max: 200 },
  vegas: { min: 1, max: 1000 },
  gradient: { min: 20, max: 200 },
}

const DEFAULTS: Readonly<Record<string, object>> = {
  aimd: { backoff: 0.9, timeout: 5 },
  gradient: { queue: 4, smoothing: 0.2, tolerance: 1.5, window: 600 },
}

export const concurrencyLimit: z.ZodType<ConcurrencySpec, ConcurrencyLimitInput> = either(
  limit().transform(
    (limit): ConcurrencySpec => ({
      limit: { kind: 'fixed', limit },
      maxQueue: 0,
      maxWait: Number.POSITIVE_INFINITY,
    }),
  ),
  concurrencyForms,
  'a concurrency limit',
  'Write 100, or { gradient: {} }, { vegas: {} }, { aimd: {} }, { bulkhead: { concurrent: 25, maxWait: 50ms } }.',
) as unknown as z.ZodType<ConcurrencySpec, ConcurrencyLimitInput>
