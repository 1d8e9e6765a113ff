/** What the commands of many runs share: worker threads, progress, Ctrl-C. */
import { type ReplicationPool, replicationPool } from '../../benchmarks/index.ts'
import { interruptible } from '../interrupt.ts'
import type { Output } from '../terminal/output.ts'
import { startProgress } from '../terminal/progress.ts'

export type Replicating = {
  readonly executor: ReplicationPool
  readonly onDone: (done: number, wanted: number) => void
  readonly signal: AbortSignal
}

/** Whether it was stopped is in `signal`: the answer then covers the replications that were done. */
export async function withReplications<T>(
  workers: number | undefined,
  output: Output,
  work: (tools: Replicating) => Promise<T>,
  label = 'Replications',
): Promise<{ readonly value: T; readonly stopped: boolean }> {
  const executor = replicationPool({ workers })
  const progress = startProgress(label, 1, output.quiet)
  try {
    return await interruptible(async (signal) => {
      const onDone = (done: number, wanted: number): void => progress.update(done, '', wanted)
      const value = await work({ executor, onDone, signal })
      return { value, stopped: signal.aborted }
    })
  } finally {
    progress.stop()
    await executor.close()
  }
}
