/** The body of a worker thread of a replication pool. */
import { deserialize } from 'node:v8'
import {
  type Replication,
  type ReplicationJob,
  runReplication,
} from '../../src/analysis/monte-carlo/index.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import { packError, type TransferredError } from '../runner/transfer-error.ts'

export type ReplicationTask = Omit<ReplicationJob, 'scenario'> & {
  /** Number of the scenario within the pool, and its serialised bytes in shared memory: read once per thread. */
  readonly scenario: number
  readonly bytes: Uint8Array
}

export type ReplicationAnswer = { readonly replication: Replication } | { readonly error: TransferredError }

const scenarios = new Map<number, Scenario>()

export default function work({ scenario: id, bytes, ...job }: ReplicationTask): ReplicationAnswer {
  try {
    const scenario = scenarios.get(id) ?? (deserialize(bytes) as Scenario)
    scenarios.set(id, scenario)
    return { replication: runReplication({ ...job, scenario }) }
  } catch (error) {
    return { error: packError(error) }
  }
}
