/** The body of a worker thread: computes one job at a time. */
import type { MessagePort } from 'node:worker_threads'
import { importKit, type Kit, loadKit } from '../kit.ts'
import { abortError } from '../units/abort-error.ts'
import { runUnit } from '../units/run-unit.ts'
import type { Job, UnitProgress, UnitResult } from '../units/types.ts'
import { packError, type TransferredError } from './transfer-error.ts'

export type WorkerTask = {
  readonly job: Job
  /** URL of a module that exports a kit; null: the registered environments and agents. */
  readonly kit: string | null
  readonly port: MessagePort
  /** One int32, not 0 once the run is to stop: a busy thread reads no messages. */
  readonly stop: Int32Array
}

export type WorkerMessage = { readonly started: true } | { readonly progress: UnitProgress }
export type WorkerAnswer = { readonly result: UnitResult } | { readonly error: TransferredError }

const MESSAGE_GAP_MS = 50

let kit: Promise<Kit> | undefined

export default async function work({ job, kit: url, port, stop }: WorkerTask): Promise<WorkerAnswer> {
  const aborted = (): boolean => Atomics.load(stop, 0) !== 0
  const post = (message: WorkerMessage): void => port.postMessage(message)
  let lastPost = 0
  const onProgress = (progress: UnitProgress): void => {
    const now = performance.now()
    // News of a learner are few and each counts.
    if (progress.metrics === undefined && now - lastPost < MESSAGE_GAP_MS) return
    lastPost = now
    post({ progress })
  }
  try {
    if (aborted()) throw abortError()
    post({ started: true })
    kit ??= url === null ? loadKit() : importKit(url)
    return { result: await runUnit(job, await kit, { onProgress, aborted }) }
  } catch (error) {
    return { error: packError(error) }
  } finally {
    port.close()
  }
}
