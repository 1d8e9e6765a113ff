/** A cache: what it does not have it gets by the steps of `miss`. */
import type { z } from 'zod'
import type { Cache, Step } from '../types.ts'
import { type CallPolicyInput, callPolicyFields } from './call-policy.ts'
import {
  choice,
  either,
  flag,
  fraction,
  integer,
  noun,
  number,
  positiveDuration,
  problem,
  type Quantity,
} from './common.ts'
import { type DistributionInput, durationDistribution } from './distribution.ts'
import { type KeyInput, key, MAX_KEYS } from './key.ts'
import { type StepInput, step, steps } from './step.ts'

export type CacheInput = CallPolicyInput & {
  /** Entries. */
  capacity?: number | undefined
  /** Default lru. */
  eviction?: 'lru' | 'fifo' | 'random' | 'lfu' | 'sieve' | undefined
  /** How long a value lives; default for ever. */
  ttl?: Quantity | undefined
  /** Whether its life begins anew with each hit; default false. */
  ttlReset?: boolean | undefined
  /** Beta of XFetch; default: values are fetched anew when their time is over. */
  earlyRecompute?: number | undefined
  /** What a hit takes; default 0. */
  hit?: DistributionInput<Quantity> | undefined
  /** Queries, calls and io that get what is not there; default none. */
  miss?: StepInput | StepInput[] | undefined
  /** Default false. */
  coalesce?: boolean | undefined
  /** In place of capacity, ttl and keys. */
  hitRatio?: Quantity | undefined
  /** For calls without a key. */
  key?: KeyInput | undefined
  /** Default false. */
  warm?: boolean | undefined
}

const KINDS = ['query', 'call', 'io']
/** What makes no sense where hits are drawn. */
const OF_ENTRIES = [
  'capacity',
  'eviction',
  'ttl',
  'ttlReset',
  'earlyRecompute',
  'coalesce',
  'key',
  'warm',
] as const

export const cache: z.ZodType<Omit<Cache, 'name'>, CacheInput> = noun(
  'a cache',
  {
    capacity: integer(1, MAX_KEYS).optional().describe('Entries. Default: no limit, which needs a ttl.'),
    eviction: choice(['lru', 'fifo', 'random', 'lfu', 'sieve'])
      .optional()
      .describe(
        'Which entry goes when there is no room: lru (default), fifo, random, lfu (perfect: counts outlive entries) or sieve.',
      ),
    ttl: positiveDuration
      .optional()
      .describe('How long a value lives from when it is stored. Default: for ever.'),
    ttlReset: flag().optional().describe('Whether its life begins anew with each hit; default false.'),
    earlyRecompute: number({ above: 0 })
      .optional()
      .describe(
        'Beta of XFetch (Vattani et al. 2015): a request takes a value that ends soon for a miss, the more likely the longer it took to fetch and the closer its end, so that few fetch it at a time; 1 is usual, more is earlier. Default: nobody before its end.',
      ),
    hit: durationDistribution.optional().describe('What a hit takes; default 0.'),
    miss: either(
      step.transform((only) => [only]),
      steps,
      'a step or a list of steps',
      'Write e.g. { query: { to: orders, latency: 3ms } }.',
    )
      .optional()
      .describe('Steps query, call and io that get what is not there; then it is stored. Default: none.'),
    coalesce: flag()
      .optional()
      .describe(
        'Whether one miss of a key fetches the value for all who ask for it meanwhile (single flight); default false.',
      ),
    hitRatio: fraction
      .optional()
      .describe('Share of the requests that are hits, drawn, in place of capacity, ttl and keys.'),
    key: key
      .optional()
      .describe("What calls without a key ask for; default: the key of the request's class."),
    warm: flag().optional().describe('Whether the most popular keys are there at the start; default false.'),
    ...callPolicyFields,
  },
  { planned: ['cost'] },
).transform((given, context): Omit<Cache, 'name'> => {
  const { capacity, ttl, hitRatio } = given
  if (hitRatio !== undefined) {
    const entries = OF_ENTRIES.filter((field) => given[field] !== undefined)
    for (const field of entries)
      problem(
        context,
        [field],
        `expected hitRatio or ${field}, got both`,
        'With a hitRatio there are no entries: remove one of the two.',
      )
  } else if (capacity === undefined && ttl === undefined) {
    problem(context, [], 'expected capacity, ttl or hitRatio, got none', 'Write e.g. capacity: 10000.')
  }
  if (given.ttlReset === true && ttl === undefined)
    problem(context, ['ttlReset'], 'ttlReset without a ttl has no meaning', 'Give a ttl or remove it.')
  if (given.earlyRecompute !== undefined && ttl === undefined)
    problem(
      context,
      ['earlyRecompute'],
      'earlyRecompute without a ttl has no meaning',
      'Give a ttl or remove it.',
    )
  const miss: readonly Step[] = given.miss ?? []
  miss.forEach((item, i) => {
    if (KINDS.includes(item.kind)) return
    const path = Array.isArray(given.miss) && miss.length > 1 ? ['miss', i] : ['miss']
    problem(
      context,
      path,
      `expected query, call or io on a miss, got ${item.kind}`,
      'A cache has no cores of its own: call a service for anything else.',
    )
  })
  const { timeout, retry, hedge, circuitBreaker } = given
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry === undefined ? {} : { retry }),
    ...(hedge === undefined ? {} : { hedge }),
    ...(circuitBreaker === undefined ? {} : { circuitBreaker }),
    capacity: capacity ?? Number.POSITIVE_INFINITY,
    eviction: given.eviction ?? 'lru',
    ttl: ttl ?? Number.POSITIVE_INFINITY,
    ttlReset: given.ttlReset ?? false,
    hit: given.hit ?? { kind: 'constant', value: 0 },
    miss,
    ...(given.earlyRecompute === undefined ? {} : { earlyRecompute: given.earlyRecompute }),
    coalesce: given.coalesce ?? false,
    ...(hitRatio === undefined ? {} : { hitRatio }),
    ...(given.key === undefined ? {} : { key: given.key }),
    warm: given.warm ?? false,
  }
})
