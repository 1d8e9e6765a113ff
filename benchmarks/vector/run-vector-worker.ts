/** The body of a worker thread of a WorkerVectorEnv. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { make } from '../../envs/index.ts'
import { SimError } from '../../src/errors.ts'
import {
  abandonSharedVectorWorker,
  runSharedVectorWorker,
  type SharedRequest,
  type WorkerPort,
} from '../../src/gym/index.ts'
import type { WorkerData } from './worker-vector-env.ts'

export async function runVectorWorker(data: { vector: WorkerData; port: MessagePort }): Promise<void> {
  const { setup, id, kwargs, maxEpisodeSteps, modules } = data.vector
  const port: WorkerPort = {
    post: (answer) => data.port.postMessage(answer),
    receive: () => receiveMessageOnPort(data.port)?.message as SharedRequest | undefined,
  }
  const ended = (code: number): void => {
    abandonSharedVectorWorker(setup, port, new SimError('worker', `its thread ended with code ${code}.`))
  }
  process.once('exit', ended)
  try {
    for (const module of modules) await import(module)
    runSharedVectorWorker(setup, port, () => make(id, { ...kwargs }, { maxEpisodeSteps }))
  } catch (error) {
    abandonSharedVectorWorker(setup, port, error)
  }
  process.off('exit', ended)
  data.port.close()
}
