/** What a service or a balancer does about more requests than it can take. */
import type { z } from 'zod'
import type { Overload } from '../overload-types.ts'
import { type BulkheadsInput, bulkheads, type ClassBulkheadsInput, classBulkheads } from './bulkheads.ts'
import { choice, integer, noun } from './common.ts'
import { type ConcurrencyLimitInput, concurrencyLimit } from './concurrency-limit.ts'
import { type DagorInput, dagor } from './dagor.ts'
import { type RateLimitInput, rateLimit } from './rate-limit.ts'
import { type ShedInput, shed } from './shed.ts'

type CommonInput = {
  queueLimit?: number | undefined
  concurrencyLimit?: ConcurrencyLimitInput | undefined
  rateLimit?: RateLimitInput | undefined
  shed?: ShedInput | undefined
  queue?: 'fifo' | 'lifo' | 'adaptive-lifo' | 'priority' | undefined
}

export type OverloadInput = CommonInput & {
  bulkheads?: BulkheadsInput | undefined
  dagor?: DagorInput | undefined
  scope?: 'replica' | 'service' | undefined
}

export type BalancerOverloadInput = CommonInput & { bulkheads?: ClassBulkheadsInput | undefined }

const MANY = 1_000_000

const limits = {
  concurrencyLimit: concurrencyLimit
    .optional()
    .describe('Requests in flight; others are shed. Default: no limit.'),
  rateLimit: rateLimit
    .optional()
    .describe('Requests per second; others end rate-limited. Default: no limit.'),
}

const queue = choice(['fifo', 'lifo', 'adaptive-lifo', 'priority'])

export const overload: z.ZodType<Overload, OverloadInput> = noun('overload control', {
  queueLimit: integer(0, MANY)
    .optional()
    .describe(
      'Requests that may wait for a core, per replica; with all its cores busy and as many waiting, others are shed. Default: no limit.',
    ),
  ...limits,
  bulkheads: bulkheads
    .optional()
    .describe('Limits of their own for some endpoints or classes, by name. Default: none.'),
  shed: shed
    .optional()
    .describe(
      'deadline: drops what nobody waits for any more. codel, controlledDelay: drop by the wait for a core.',
    ),
  dagor: dagor
    .optional()
    .describe(
      "Admits by level: the priority of the class, then one of 128 levels of the request's own, drawn anew each hour (Zhou et al. 2018). Default: not used.",
    ),
  queue: queue
    .optional()
    .describe(
      'Who gets a core first: the oldest (fifo, default), the newest (lifo), the newest while there is a backlog (adaptive-lifo), the most important (priority).',
    ),
  scope: choice(['replica', 'service'])
    .optional()
    .describe(
      'Whether limits, the queue limit included, codel and dagor hold for each replica (default) or for all together.',
    ),
}).transform(
  (given): Overload => ({
    queueLimit: given.queueLimit ?? Number.POSITIVE_INFINITY,
    ...(given.concurrencyLimit === undefined ? {} : { concurrencyLimit: given.concurrencyLimit }),
    ...(given.bulkheads === undefined ? {} : { bulkheads: given.bulkheads }),
    ...(given.rateLimit === undefined ? {} : { rateLimit: given.rateLimit }),
    shedExpired: given.shed?.expired ?? false,
    ...(given.shed?.delay === undefined ? {} : { shedDelay: given.shed.delay }),
    ...(given.dagor === undefined ? {} : { dagor: given.dagor }),
    queue: given.queue ?? 'fifo',
    scope: given.scope ?? 'replica',
  }),
) as unknown as z.ZodType<Overload, OverloadInput>

export const balancerOverload: z.ZodType<Overload, BalancerOverloadInput> = noun(
  'overload control of a balancer',
  {
    queueLimit: integer(0, MANY)
      .optional()
      .describe('Requests that may wait for a backend (noBackend); others are shed. Default: no limit.'),
    ...limits,
    bulkheads: classBulkheads
      .optional()
      .describe('Limits of their own for some classes, by name. Default: none.'),
    shed: shed
      .optional()
      .describe(
        'deadline: drops what nobody waits for any more. codel, controlledDelay: drop by the wait for the concurrency limit.',
      ),
    queue: queue
      .optional()
      .describe(
        'Who of those that wait for the concurrency limit goes on first: as at services. Default fifo.',
      ),
  },
).transform(
  (given): Overload => ({
    queueLimit: given.queueLimit ?? Number.POSITIVE_INFINITY,
    ...(given.concurrencyLimit === undefined ? {} : { concurrencyLimit: given.concurrencyLimit }),
    ...(given.bulkheads === undefined ? {} : { bulkheads: given.bulkheads }),
    ...(given.rateLimit === undefined ? {} : { rateLimit: given.rateLimit }),
    shedExpired: given.shed?.expired ?? false,
    ...(given.shed?.delay === undefined ? {} : { shedDelay: given.shed.delay }),
    queue: given.queue ?? 'fifo',
    scope: 'replica',
  }),
) as unknown as z.ZodType<Overload, BalancerOverloadInput>
