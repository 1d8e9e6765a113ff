/** The side of a vector environment that runs in a worker: it steps its rows until it is told to close. */
import { SimError } from '../../errors.ts'
import type { Env } from '../env.ts'
import { copyData } from '../plain-data.ts'
import { spaceFromJSON } from '../spaces/from-json.ts'
import {
  ANSWER,
  CLOSE,
  DONE,
  FAILED,
  packFailure,
  REQUEST,
  type SharedAnswer,
  type SharedInfos,
  type SharedRequest,
  type SharedSetup,
  STATUS,
  STEP,
  WORDS,
} from './shared-protocol.ts'
import { VectorEnv } from './vector-env.ts'
import { newVectorStorage, SharedCursor, sliceStorage, type VectorStorage } from './vector-storage.ts'

/** How a worker gets messages and gives its own. */
export type WorkerPort = {
  post(answer: SharedAnswer): void
  /** The next message, without waiting. */
  receive(): SharedRequest | undefined
}

/** The words and the rows, in their order in the memory. */
export function sharedStorage(
  memory: SharedArrayBuffer | undefined,
  { count, workers, observationSpace, actionSpace }: Pick<SharedSetup, 'count' | 'workers'> & Spaces,
): { readonly words: Int32Array; readonly storage: VectorStorage; readonly bytes: number } {
  const cursor = new SharedCursor(memory)
  const words = cursor.allocate('int32', WORDS * workers) as Int32Array
  const storage = newVectorStorage(observationSpace, actionSpace, count, cursor.allocate)
  return { words, storage, bytes: cursor.bytes }
}

type Spaces = {
  readonly observationSpace: Parameters<typeof newVectorStorage>[0]
  readonly actionSpace: Parameters<typeof newVectorStorage>[1]
}

/** Blocks its thread until the vector environment is closed. `makeEnv`: of the index among all. */
export function runSharedVectorWorker(
  setup: SharedSetup,
  port: WorkerPort,
  makeEnv: (index: number) => Env,
): void {
  const { memory, from, to, worker, autoreset, infosKept } = setup
  const observationSpace = spaceFromJSON(setup.observationSpace)
  const actionSpace = spaceFromJSON(setup.actionSpace)
  const { words, storage } = sharedStorage(memory, { ...setup, observationSpace, actionSpace })
  const base = WORDS * worker
  const own = sliceStorage(observationSpace, actionSpace, storage, from, to)
  const answer = (status: number, request: number): void => {
    words[base + STATUS] = status
    Atomics.store(words, base + ANSWER, request)
    Atomics.notify(words, base + ANSWER)
  }
  const fail = (error: unknown, position: number, request: number): void => {
    port.post({ kind: 'failure', failure: packFailure(error, from + position) })
    answer(FAILED, request)
  }

  let env: VectorEnv
  let made = 0
  try {
    const make = (i: number): Env => {
      made = i
      return makeEnv(from + i)
    }
    env = new VectorEnv(make, to - from, { autoreset, storage: own })
    if (!env.singleObservationSpace.equals(observationSpace) || !env.singleActionSpace.equals(actionSpace)) {
      throw new SimError(
        'spaces-differ',
        'its spaces are not those of environment 0. Make all with the same options.',
      )
    }
  } catch (error) {
    fail(error, made, 1)
    return
  }
  answer(DONE, 1)

  /** By number of the step, the last `infosKept` of them. */
  const kept: SharedInfos[] = []
  let steps = 0
  let request = 1
  for (;;) {
    Atomics.wait(words, base + REQUEST, request)
    const next = Atomics.load(words, base + REQUEST)
    if (next === request) continue
    request = next
    const kind = words[base + STATUS]
    if (kind === CLOSE) {
      env.close()
      answer(DONE, request)
      return
    }
    try {
      if (kind === STEP) {
        // Counted before: a step in which some environment throws has its number in all threads.
        const step = steps++
        const { infos, finals } = env.step(own.actions)
        kept[step % infosKept] = { infos, finals }
      } else {
        const reply = answerTo(port.receive()!, env, (step) => kept[step % infosKept]!)
        if (reply !== undefined) port.post(reply)
      }
    } catch (error) {
      fail(error, env.position, request)
      continue
    }
    answer(DONE, request)
  }
}

/** For a worker that ends otherwise than by being closed: whoever waits for it hears of it. */
export function abandonSharedVectorWorker(setup: SharedSetup, port: WorkerPort, reason: unknown): void {
  const { memory, from, worker, workers } = setup
  const words = new Int32Array(memory, 0, WORDS * workers)
  const base = WORDS * worker
  port.post({ kind: 'failure', failure: packFailure(reason, from) })
  words[base + STATUS] = FAILED
  Atomics.store(words, base + ANSWER, Atomics.load(words, base + REQUEST))
  Atomics.notify(words, base + ANSWER)
}

function answerTo(
  message: SharedRequest,
  env: VectorEnv,
  keptOf: (step: number) => SharedInfos,
): SharedAnswer | undefined {
  switch (message.kind) {
    case 'reset': {
      const { infos } = env.reset({ seed: message.seeds, options: message.options, mask: message.mask })
      return { kind: 'infos', infos: { infos: infos.map(plain), finals: [] } }
    }
    case 'infos': {
      const { infos, finals } = keptOf(message.step)
      return {
        kind: 'infos',
        infos: {
          infos: infos.map(plain),
          finals: finals.map((one) => one && { observation: one.observation, info: plain(one.info)! }),
        },
      }
    }
    case 'snapshot':
      return { kind: 'snapshot', bytes: env.snapshot() }
    case 'restore':
      env.restore(message.bytes)
      return undefined
  }
}

/** What may be sent: the enumerable data as ordinary objects. */
function plain<T extends object>(info: T | undefined): T | undefined {
  return info === undefined ? undefined : (copyData({ ...info }) as T)
}
