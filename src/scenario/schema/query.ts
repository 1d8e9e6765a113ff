/** A query: a call of a database, of a latency of its own or of a type that the database names. */
import type { z } from 'zod'
import type { CallPolicy, Distribution, Key } from '../types.ts'
import { type CallPolicyInput, callPolicyFields, plannedOfCalls } from './call-policy.ts'
import { name, noun, problem, type Quantity } from './common.ts'
import { type DistributionInput, durationDistribution } from './distribution.ts'
import { type KeyInput, key } from './key.ts'

export type QueryInput = CallPolicyInput & {
  /** A database. */
  to: string
  /** Seconds that the server takes for it. */
  latency?: DistributionInput<Quantity> | undefined
  /** One of the database's `queries`, in place of a latency. */
  type?: string | undefined
  /** Its row, where the database has rowLocks. Default: the key of the miss, or of the request's class. */
  key?: KeyInput | undefined
}

export type Query = CallPolicy & {
  readonly to: string
  readonly latency?: Distribution | undefined
  readonly type?: string | undefined
  readonly key?: Key | undefined
}

export const query: z.ZodType<Query, QueryInput> = noun(
  'a query',
  {
    to: name.describe('A database.'),
    latency: durationDistribution.optional().describe('Time that the server takes for it, without waits.'),
    type: name.optional().describe("One of the database's queries, in place of a latency."),
    key: key
      .optional()
      .describe(
        "Which row it is about, where the database has rowLocks. Default: the key of the miss, or of the request's class.",
      ),
    ...callPolicyFields,
  },
  { planned: plannedOfCalls },
).transform((given, context): Query => {
  if ((given.latency === undefined) === (given.type === undefined))
    problem(
      context,
      [],
      `expected latency or type, got ${given.latency === undefined ? 'neither' : 'both'}`,
      'Give one of the two, e.g. latency: 5ms.',
    )
  return given
})
