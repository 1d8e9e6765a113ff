/** Replications in the order of their number, however many are computed at once. */
import type { Replication, ReplicationExecutor, ReplicationJob } from './replication.ts'

export type CollectOptions = {
  readonly executor: ReplicationExecutor
  /** The jobs of replication i: one per scenario compared. */
  readonly jobs: (index: number) => readonly ReplicationJob[]
  /** How many replications there are to be, given those that are done; asked again at each answer. */
  readonly enough: (done: readonly (readonly Replication[])[]) => number
  readonly onDone?: ((done: number, wanted: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs replications 0, 1, 2, … until `enough` wants no more. It is asked with whole prefixes only, so that neither
 * the number of workers nor their speed can change the answer. A stop gives the prefix that is done.
 */
export async function collect(options: CollectOptions): Promise<Replication[][]> {
  const { executor, jobs, enough, onDone, signal } = options
  const done: Replication[][] = []
  const stopped = (): boolean => signal?.aborted ?? false
  let wanted = enough(done)
  while (done.length < wanted && !stopped()) {
    const from = done.length
    const batch: Replication[][] = []
    const tasks: (() => Promise<void>)[] = []
    for (let i = from; i < wanted; i++) {
      const answers: Replication[] = []
      batch.push(answers)
      jobs(i).forEach((job, j) => {
        tasks.push(async () => {
          answers[j] = await executor.run(job)
        })
      })
    }
    const perReplication = jobs(from).length
    let finished = 0
    let next = 0
    const work = async (): Promise<void> => {
      while (next < tasks.length && !stopped()) {
        await tasks[next++]!()
        finished++
        onDone?.(from + Math.floor(finished / perReplication), wanted)
      }
    }
    await Promise.all(Array.from({ length: executor.workers }, work))
    for (const answers of batch) {
      if (answers.filter((answer) => answer !== undefined).length < perReplication) break
      done.push(answers)
    }
    if (!stopped()) wanted = enough(done)
  }
  return done
}
