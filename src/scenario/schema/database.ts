/** A database: pools of connections in front of a server that runs so many queries at a time. */
import type { z } from 'zod'
import type { Database, Distribution } from '../types.ts'
import { type CallPolicyInput, callPolicyFields } from './call-policy.ts'
import { choice, flag, integer, mapOf, noun, number, problem, type Quantity } from './common.ts'
import { type DistributionInput, durationDistribution, positiveDurationDistribution } from './distribution.ts'

export type DatabaseInput = CallPolicyInput & {
  /** Of the pool, or of each replica's; default 10. */
  connections?: number | undefined
  /** One for all callers (default), or one for each replica that calls. */
  pool?: 'shared' | 'per-replica' | undefined
  /** Of all replicas' pools together. Default: no limit. */
  maxConnections?: number | undefined
  /** Longest wait for a connection; default 30s. */
  acquireTimeout?: DistributionInput<Quantity> | undefined
  /** Queries that the server runs at a time. Default: no such limit. */
  parallelism?: number | undefined
  /** Contention by the universal scalability law. Default: none. */
  usl?: { sigma?: number | undefined; kappa?: number | undefined } | undefined
  /** Whether queries of one key run one after the other; default false. */
  rowLocks?: boolean | undefined
  /** Latencies by name, for `query: { to, type }`. */
  queries?: Record<string, DistributionInput<Quantity>> | undefined
}

export const database: z.ZodType<Omit<Database, 'name'>, DatabaseInput> = noun(
  'a database',
  {
    connections: integer(1, 1_000_000)
      .optional()
      .describe(
        "Of the pool, or with pool: per-replica of each replica's, first come, first served; default 10 (as HikariCP).",
      ),
    pool: choice(['shared', 'per-replica'])
      .optional()
      .describe(
        'shared (default): one pool for all callers; per-replica: each replica that calls (and each cache) has its own, opened when it is ready and closed when it stops.',
      ),
    maxConnections: integer(1, 1_000_000)
      .optional()
      .describe(
        "Of all replicas' pools together (PostgreSQL's max_connections): a pool opens no more, and what it lacks when others close theirs. Default: no limit.",
      ),
    acquireTimeout: positiveDurationDistribution
      .optional()
      .describe(
        'Longest wait for a connection, after which the query ends pool-timeout; default 30s (as HikariCP).',
      ),
    parallelism: integer(1, 1_000_000)
      .optional()
      .describe('Queries that the server runs at a time, first come, first served. Default: no such limit.'),
    usl: noun('the universal scalability law', {
      sigma: number()
        .optional()
        .describe(
          "Contention (Gunther's alpha): the share of a query that no two can do at a time; default 0.",
        ),
      kappa: number()
        .optional()
        .describe("Coherency (Gunther's beta): what each pair of queries costs; default 0."),
    })
      .optional()
      .describe(
        'Queries that run slow each other down: of n each has 1 / (1 + sigma (n - 1) + kappa n (n - 1)) of its speed alone (Gunther 1993). Default: none does.',
      ),
    rowLocks: flag()
      .optional()
      .describe('Whether queries of one key run one after the other (a hot row); default false.'),
    queries: mapOf(durationDistribution, 'latencies')
      .optional()
      .describe('Latencies of queries by name, for query: { to: orders, type: read }.'),
    ...callPolicyFields,
  },
  { planned: ['cost'] },
).transform((given, context): Omit<Database, 'name'> => {
  if (given.maxConnections !== undefined && given.pool !== 'per-replica')
    problem(
      context,
      ['maxConnections'],
      'maxConnections limits pools of replicas, and there is one pool for all',
      'Write pool: per-replica, or remove it.',
    )
  const { timeout, retry, hedge, circuitBreaker } = given
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry === undefined ? {} : { retry }),
    ...(hedge === undefined ? {} : { hedge }),
    ...(circuitBreaker === undefined ? {} : { circuitBreaker }),
    connections: given.connections ?? 10,
    ...(given.pool === 'per-replica' ? { pool: given.pool } : {}),
    ...(given.maxConnections === undefined ? {} : { maxConnections: given.maxConnections }),
    acquireTimeout: given.acquireTimeout ?? { kind: 'constant', value: 30 },
    parallelism: given.parallelism ?? Number.POSITIVE_INFINITY,
    ...(given.usl === undefined ? {} : { usl: { sigma: given.usl.sigma ?? 0, kappa: given.usl.kappa ?? 0 } }),
    ...(given.rowLocks === true ? { rowLocks: true } : {}),
    queries: Object.entries(given.queries ?? {}).map(
      ([type, latency]): { type: string; latency: Distribution } => ({ type, latency }),
    ),
  }
})
