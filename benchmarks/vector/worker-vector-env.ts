/** Vector environments over worker threads of Node. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { make } from '../../envs/index.ts'
import { SimError } from '../../src/errors.ts'
import {
  type AutoresetMode,
  type SharedAnswer,
  type SharedSetup,
  SharedVectorEnv,
  type SharedVectorThread,
} from '../../src/gym/index.ts'

export type WorkerVectorEnvOptions = {
  /** @default 'next-step' */
  readonly autoreset?: AutoresetMode | undefined
  /** How many threads step environments, the calling one among them. @default the number of processors */
  readonly threads?: number | undefined
  /** For how many steps, the last included, infos can be read. @default 1 */
  readonly infosKept?: number | undefined
  /** Replaces the limit of the environment's spec; 0 for none. */
  readonly maxEpisodeSteps?: number | undefined
  /** Told what `make` has to say, in the calling thread. */
  readonly warn?: ((message: string) => void) | undefined
  /** URLs of modules that the workers import first: they register environments of one's own. */
  readonly modules?: readonly string[] | undefined
  /** URL of the compiled worker. @default the one beside this module */
  readonly workerFile?: string | undefined
}

/** What a worker thread is started with. */
export type WorkerData = {
  readonly setup: SharedSetup
  readonly id: string
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly maxEpisodeSteps: number | undefined
  readonly modules: readonly string[]
}

/** `VectorEnv`'s interface and results; a part of the environments is stepped by other threads. */
export class WorkerVectorEnv extends SharedVectorEnv {
  /** Settles when, after `close()`, no thread is left. */
  readonly exited: Promise<void>

  /**
   * @param kwargs what a message can carry: plain data
   * @throws ConfigError as `make` does, SimError where the worker has not been built
   */
  constructor(
    id: string,
    kwargs: Readonly<Record<string, unknown>>,
    count: number,
    options: WorkerVectorEnvOptions = {},
  ) {
    const {
      autoreset,
      threads = availableParallelism(),
      infosKept,
      maxEpisodeSteps,
      modules = [],
      warn,
    } = options
    const file = options.workerFile ?? new URL('./worker.mjs', import.meta.url).href
    const exits: Promise<void>[] = []
    const start = (setup: SharedSetup): SharedVectorThread => {
      if (!existsSync(fileURLToPath(file))) {
        throw new SimError('not-built', `there is no worker (${file}). Run npm run build, or use one thread.`)
      }
      const { port1, port2 } = new MessageChannel()
      const data: WorkerData = { setup, id, kwargs, maxEpisodeSteps, modules }
      const worker = new Worker(new URL(file), {
        workerData: { vector: data, port: port2 },
        transferList: [port2],
      })
      exits.push(
        new Promise((resolve) => {
          worker.once('exit', () => resolve())
        }),
      )
      // A forgotten environment keeps no process alive.
      worker.unref()
      return {
        post: (request) => port1.postMessage(request),
        receive: () => receiveMessageOnPort(port1)?.message as SharedAnswer | undefined,
      }
    }
    super({
      makeEnv: () => make(id, { ...kwargs }, { maxEpisodeSteps, warn }),
      count,
      autoreset,
      threads,
      infosKept,
      start,
    })
    this.exited = Promise.all(exits).then(() => undefined)
  }
}
