/** How a replica's cores are given to the cpu steps of its legs. */
import type { Part } from './world.ts'

export interface Cores extends Part {
  /** The row wants `demand` seconds of a core at speed 1; `services.steps.cpuDone(row)` follows. */
  request(row: number, demand: number): void
  /**
   * The row, which is between two cpu steps, gives its core back. True: it goes on after everything else that is
   * due now, with a call of `grant`.
   */
  release(row: number): boolean
  /** Gives the cores that are free to those that wait. */
  grant(replica: number): void
  /** The replica's speed is about to become `speed`. */
  setSpeed(replica: number, speed: number): void
  /** Forgets everything about the replica; its rows are ended by others. */
  clear(replica: number): void
  /** Whether no core of the replica is free and `limit` or more rows wait for one. */
  isFull(replica: number, limit: number): boolean
  /** Cores in use, rows that wait for one, and since when the one waits that has waited longest (now: none does). */
  busyAt(replica: number): number
  waitingAt(replica: number): number
  oldestWaitSince(replica: number): number
  /** The row stops, whether it waits, works or holds its core. */
  cancel(row: number): void
  /** Seconds of a core at speed 1 that each of its replicas still owes its legs, by replica into zeros. */
  readBacklogs(owed: Float64Array): void
}
