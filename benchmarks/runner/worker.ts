/** The body of a worker thread: computes one job at a time. */
import type { MessagePort } from 'node:worker_threads'
import { importKit, type Kit, loadKit } from '../kit.ts'
import { abortError } from '../units/abort-error.ts'
import { runUnit } from '../units/run-unit.ts'
import type { Job, UnitProgress, UnitResult } from '../units/types.ts'

export type WorkerTask = {
  readonly job: Job
  /** URL of a module that exports a kit; null: the registered environments and agents. */
  readonly kit: string | null
  readonly port: MessagePort
  /** One int32, not 0 once the run is to stop: a busy thread reads no messages. */
  readonly stop: Int32Array
}

export type WorkerMessage = { readonly started: true } | { readonly progress: UnitProgress }

const MESSAGE_GAP_MS = 50

let kit: Promise<Kit> | undefined

export default async function work(task: WorkerTask): Promise<UnitResult> {
  const { job, port, stop } = task
  const aborted = (): boolean => Atomics.load(stop, 0) !== 0
  if (aborted()) throw abortError()
  post(port, { started: true })
  kit ??= task.kit === null ? loadKit() : importKit(task.kit)
  let lastPost = 0
  const onProgress = (progress: UnitProgress): void => {
    const now = performance.now()
    // News of a learner are few and each counts.
    if (progress.metrics === undefined && now - lastPost < MESSAGE_GAP_MS) return
    lastPost = now
    post(port, { progress })
  }
  try {
    return await runUnit(job, await kit, { onProgress, aborted })
  } finally {
    port.close()
  }
}

function post(port: MessagePort, message: WorkerMessage): void {
  port.postMessage(message)
}
