/** A worker thread of a WorkerVectorEnv. */
import { workerData } from 'node:worker_threads'
import { runVectorWorker } from './run-vector-worker.ts'

await runVectorWorker(workerData)
