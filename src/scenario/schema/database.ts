/** A database: a pool of connections in front of a server that runs so many queries at a time. */
import type { z } from 'zod'
import type { Database, Distribution } from '../types.ts'
import { integer, mapOf, noun, type Quantity } from './common.ts'
import { type DistributionInput, durationDistribution, positiveDurationDistribution } from './distribution.ts'

export type DatabaseInput = {
  /** One pool for all callers; default 10. */
  connections?: number | undefined
  /** Longest wait for a connection; default 30s. */
  acquireTimeout?: DistributionInput<Quantity> | undefined
  /** Queries that the server runs at a time. Default: no such limit. */
  parallelism?: number | undefined
  /** Latencies by name, for `query: { to, type }`. */
  queries?: Record<string, DistributionInput<Quantity>> | undefined
}

export const database: z.ZodType<Omit<Database, 'name'>, DatabaseInput> = noun(
  'a database',
  {
    connections: integer(1, 1_000_000)
      .optional()
      .describe('One pool for all callers, first come, first served; default 10 (as HikariCP).'),
    acquireTimeout: positiveDurationDistribution
      .optional()
      .describe(
        'Longest wait for a connection, after which the query ends pool-timeout; default 30s (as HikariCP).',
      ),
    parallelism: integer(1, 1_000_000)
      .optional()
      .describe('Queries that the server runs at a time, first come, first served. Default: no such limit.'),
    queries: mapOf(durationDistribution, 'latencies')
      .optional()
      .describe('Latencies of queries by name, for query: { to: orders, type: read }.'),
  },
  { planned: ['pool', 'maxConnections', 'usl', 'circuitBreaker', 'timeout', 'retry', 'cost'] },
).transform(
  (given): Omit<Database, 'name'> => ({
    connections: given.connections ?? 10,
    acquireTimeout: given.acquireTimeout ?? { kind: 'constant', value: 30 },
    parallelism: given.parallelism ?? Number.POSITIVE_INFINITY,
    queries: Object.entries(given.queries ?? {}).map(
      ([type, latency]): { type: string; latency: Distribution } => ({ type, latency }),
    ),
  }),
)
