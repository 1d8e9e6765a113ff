/**
 * The program behind the Python package: answers requests on standard input until it ends.
 * `--list` prints what there is to register and ends.
 */

import { isMainThread, workerData } from 'node:worker_threads'
import { tuneV8 } from '../../benchmarks/tune-v8.ts'
import { runVectorWorker } from '../../benchmarks/vector/run-vector-worker.ts'
import { listEnvironments } from './list.ts'
import { MessageReader, writeMessage } from './pipe.ts'
import { Server } from './server.ts'

tuneV8('long')
if (!isMainThread) {
  // Of a vector that is stepped in several threads: the program is one file.
  await runVectorWorker(workerData)
} else if (process.argv.includes('--list')) {
  process.stdout.write(`${JSON.stringify(listEnvironments(), null, 2)}\n`)
} else {
  const server = new Server(import.meta.url)
  const reader = new MessageReader()
  let message = reader.read()
  while (message !== undefined && writeMessage(server.answer(message))) message = reader.read()
}
