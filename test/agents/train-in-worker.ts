/** Run in a worker thread by worker.test.ts: trains and sends the checkpoint back. */
import { parentPort, workerData } from 'node:worker_threads'
import { trainForComparison } from './train-for-comparison.ts'

parentPort!.postMessage(trainForComparison(workerData as number))
