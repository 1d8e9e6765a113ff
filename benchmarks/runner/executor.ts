/** Who computes units: this thread, or a pool of worker threads. Results are the same. */
import type { Job, UnitProgress, UnitResult } from '../units/types.ts'

export type ExecutorHooks = {
  readonly onStart?: (() => void) | undefined
  readonly onProgress?: ((progress: UnitProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Executor {
  /** Units that run at once. */
  readonly workers: number
  /** In the order of the calls as far as workers are free. Rejects with an AbortError when stopped. */
  run(job: Job, hooks?: ExecutorHooks): Promise<UnitResult>
  close(): Promise<void>
}
