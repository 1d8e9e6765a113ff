/** What a service does about more requests than it can take. */
import { z } from 'zod'
import type {
  BulkheadSpec,
  ConcurrencyLimitSpec,
  ConcurrencySpec,
  DelaySpec,
  Overload,
  RateLimitSpec,
} from '../overload-types.ts'
import {
  choice,
  duration,
  either,
  endpointName,
  flag,
  integer,
  listOf,
  mapOf,
  noun,
  number,
  oneOf,
  only,
  positiveDuration,
  problem,
  type Quantity,
  quantity,
  text,
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

export type RateLimitInput = {
  rate?: Quantity | undefined
  burst?: number | undefined
  leaky?: { rate: Quantity; capacity: number } | undefined
  perClass?: boolean | undefined
}

type DelayInput = { target?: Quantity | undefined; interval?: Quantity | undefined }
type ShedName = 'deadline' | 'codel' | 'controlledDelay'
type ShedItemInput = ShedName | { codel?: DelayInput | undefined; controlledDelay?: DelayInput | undefined }
export type ShedInput = ShedItemInput | ShedItemInput[]

export type EndpointBulkheadInput = {
  endpoints?: string[] | undefined
  classes?: string[] | undefined
  concurrent?: number | undefined
  maxWait?: Quantity | undefined
}

export type OverloadInput = {
  queueLimit?: number | undefined
  concurrencyLimit?: ConcurrencyLimitInput | undefined
  bulkheads?: Record<string, EndpointBulkheadInput> | undefined
  rateLimit?: RateLimitInput | undefined
  shed?: ShedInput | undefined
  queue?: 'fifo' | 'lifo' | 'adaptive-lifo' | 'priority' | undefined
  scope?: 'replica' | 'service' | undefined
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

const concurrencyLimit = either(
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
)

const bulkheads = mapOf(
  noun('a bulkhead of endpoints or classes', {
    endpoints: listOf(endpointName, 'endpoints').optional().describe('Of the service.'),
    classes: listOf(text('a class'), 'classes')
      .optional()
      .describe('Instead: shoppers.buy, or the name of a workload without classes.'),
    concurrent: limit().optional().describe('Requests in flight. Default 25 (resilience4j).'),
    maxWait: duration.optional().describe('How long others wait for their turn. Default 0.'),
  }).check((context) => {
    const { endpoints, classes } = context.value
    if ((endpoints === undefined) !== (classes === undefined)) return
    problem(
      context,
      [],
      `expected endpoints or classes, got ${endpoints === undefined ? 'neither' : 'both'}`,
      'Give one of the two.',
    )
  }),
  'bulkheads',
).transform((written) =>
  Object.entries(written).map(
    ([name, { endpoints, classes, concurrent = 25, maxWait = 0 }]): BulkheadSpec => ({
      name,
      ...(endpoints === undefined ? {} : { endpoints }),
      ...(classes === undefined ? {} : { classes }),
      limit: { kind: 'fixed', limit: concurrent },
      maxQueue: maxWait > 0 ? Number.POSITIVE_INFINITY : 0,
      maxWait,
    }),
  ),
)

const rate = quantity('rate', { above: 0 })

const rateLimit = noun('a rate limit', {
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
})

const delay = {
  target: positiveDuration.optional().describe('Wait that is fine. Default 5ms.'),
  interval: positiveDuration.optional().describe('Default 100ms.'),
}

const shedForms = oneOf('a way of shedding', {
  codel: noun('codel', delay).optional().describe('RFC 8289.'),
  controlledDelay: noun('controlledDelay', delay).optional().describe("Facebook's form (folly)."),
})

type Shed = { readonly deadline: boolean; readonly delay?: DelaySpec }

const makeDelay = (kind: DelaySpec['kind'], { target = 0.005, interval = 0.1 } = {}): Shed => ({
  deadline: false,
  delay: { kind, target, interval },
})

const shedItem = either(
  choice(['deadline', 'codel', 'controlledDelay']).transform(
    (name): Shed => (name === 'deadline' ? { deadline: true } : makeDelay(name)),
  ),
  shedForms.transform((written): Shed => {
    const form = only(written) as unknown as readonly [DelaySpec['kind'], object] | undefined
    return form === undefined ? z.NEVER : makeDelay(...form)
  }),
  'deadline, codel or controlledDelay',
  'Write deadline, or { codel: { target: 5ms, interval: 100ms } }.',
)

const shed = either(
  shedItem.transform((item) => [item]),
  listOf(shedItem, 'ways of shedding'),
  'a way of shedding or a list of them',
  'Write deadline, codel or controlledDelay, or [deadline, codel].',
)

export const overload: z.ZodType<Overload, OverloadInput> = noun(
  'overload control',
  {
    queueLimit: integer(0, MANY)
      .optional()
      .describe(
        'Requests per replica that may wait for a core; with all cores busy and as many waiting, others are shed. Default: no limit.',
      ),
    concurrencyLimit: concurrencyLimit
      .optional()
      .describe('Requests in flight; others are shed. Default: no limit.'),
    bulkheads: bulkheads
      .optional()
      .describe('Limits of their own for some endpoints or classes, by name. Default: none.'),
    rateLimit: rateLimit
      .optional()
      .describe('Requests per second; others end rate-limited. Default: no limit.'),
    shed: shed
      .optional()
      .describe(
        'deadline: drops what nobody waits for any more. codel, controlledDelay: drop by the wait for a core.',
      ),
    queue: choice(['fifo', 'lifo', 'adaptive-lifo', 'priority'])
      .optional()
      .describe(
        'Who gets a core first: the oldest (fifo, default), the newest (lifo), the newest while there is a backlog (adaptive-lifo), the most important (priority).',
      ),
    scope: choice(['replica', 'service'])
      .optional()
      .describe('Whether rate and concurrency limits hold for each replica (default) or for all together.'),
  },
  { planned: ['dagor'] },
).transform((given, context): Overload => {
  const items = given.shed ?? []
  const delays = items.flatMap(({ delay }) => (delay === undefined ? [] : [delay]))
  if (delays.length > 1)
    problem(context, ['shed'], 'expected codel or controlledDelay, got several', 'Choose one.')
  return {
    queueLimit: given.queueLimit ?? Number.POSITIVE_INFINITY,
    ...(given.concurrencyLimit === undefined ? {} : { concurrencyLimit: given.concurrencyLimit }),
    ...(given.bulkheads === undefined ? {} : { bulkheads: given.bulkheads }),
    ...(given.rateLimit === undefined ? {} : { rateLimit: given.rateLimit }),
    shedExpired: items.some((item) => item.deadline),
    ...(delays[0] === undefined ? {} : { shedDelay: delays[0] }),
    queue: given.queue ?? 'fifo',
    scope: given.scope ?? 'replica',
  }
}) as unknown as z.ZodType<Overload, OverloadInput>
