import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../agents/checkpoint-file.ts'
import { SimError } from '../src/errors.ts'
import { defaultCost } from './default-cost.ts'
import { environmentSpec } from './environment-spec.ts'
import { hashBytes, identity } from './identity.ts'
import { type Machine, machine } from './manifest.ts'
import { defaultExecutor, type RunOptions } from './run-suite.ts'
import { seedsOf } from './seeds.ts'
import type { CostKind, Kwargs } from './types.ts'
import type { CurvePoint, TrainResult, TrainUnit, UnitProgress } from './units/types.ts'

export type TrainAgentOptions = Omit<RunOptions, 'onEvent' | 'workers'> & {
  /** What `createAgent` knows, e.g. `ppo`, and its parameters. */
  readonly agent: string
  readonly params?: Kwargs | undefined
  /** Id of the environment and its options. */
  readonly environment: string
  readonly kwargs?: Kwargs | undefined
  /** Environment steps; an agent may round up to what it takes between two updates. */
  readonly steps: number
  /** Root of all that is random in the training, in [0, 2^31). @default 0 */
  readonly seed?: number | undefined
  /** Looks at the agent on validation seeds, to keep the best one; false: the last one is kept. */
  readonly validation?: TrainValidation | false | undefined
  /** A checkpoint to start from. With the seed of the training that it is of, that training is continued. */
  readonly from?: Uint8Array | undefined
  /** Folder for `agent.ckpt`, `manifest.json` and `progress.jsonl`. Absent: nothing is written. */
  readonly out?: string | undefined
  readonly onProgress?: ((progress: UnitProgress) => void) | undefined
}

export type TrainValidation = {
  /** Go over the options of the environment. */
  readonly kwargs?: Kwargs | undefined
  /** Steps between two looks. @default a tenth of all */
  readonly every?: number | undefined
  /** @default 4 */
  readonly episodes?: number | undefined
  /** Decisions. @default to the end of the episode */
  readonly episodeLength?: number | undefined
  readonly settle?: number | undefined
  /** @default as for `evaluateAgents` */
  readonly cost?: CostKind | undefined
}

export type TrainManifest = {
  readonly schema: 1
  readonly kind: 'training'
  readonly unit: TrainUnit
  readonly version: string
  readonly code: string
  readonly machine: Machine
  /** SHA-256 of the checkpoint. */
  readonly checkpoint: string
  /** Environment steps of the agent that was kept. */
  readonly selectedAt: number
  readonly curve: readonly CurvePoint[]
  readonly parameterCount: number | null
  readonly decisions: TrainResult['decisions']
  /** Whether it was stopped: the checkpoint is then what there was. */
  readonly interrupted: boolean
  readonly seconds: number
}

export type TrainedAgent = { readonly checkpoint: Uint8Array; readonly manifest: TrainManifest }

/**
 * Trains one agent. A signal does not reject it: the training ends at its next update and gives what it has, with
 * `manifest.interrupted`. In this thread (a kit, or `inProcess`) a signal is heard only where a callback aborts it.
 */
export async function trainAgent(options: TrainAgentOptions): Promise<TrainedAgent> {
  const { out, from, steps, validation = {} } = options
  const unit: TrainUnit = {
    kind: 'train',
    environment: environmentSpec(options.environment, options.kwargs ?? {}),
    agent: { name: options.agent, params: options.params ?? {} },
    steps,
    seed: options.seed ?? 0,
    from: from === undefined ? null : hashBytes(from),
    validation:
      validation === false
        ? null
        : {
            environment: environmentSpec(options.environment, { ...options.kwargs, ...validation.kwargs }),
            seeds: seedsOf('validation', validation.episodes ?? 4),
            episodeLength: validation.episodeLength ?? null,
            settle: validation.settle ?? 0,
            every: validation.every ?? Math.max(1, Math.ceil(steps / 10)),
            cost: validation.cost ?? defaultCost(options.environment),
          },
  }
  const onProgress = logTo(out, options.onProgress)
  const executor = options.executor ?? defaultExecutor({ kit: options.kit, workers: 1 })
  try {
    const result = (await executor.run(
      { unit, checkpoint: from },
      { onProgress, signal: options.signal },
    )) as TrainResult
    const { checkpoint } = result
    const manifest: TrainManifest = {
      schema: 1,
      kind: 'training',
      unit,
      ...identity(),
      machine: machine(),
      checkpoint: hashBytes(checkpoint),
      selectedAt: result.selectedAt,
      curve: result.curve,
      parameterCount: result.parameterCount,
      decisions: result.decisions,
      interrupted: result.interrupted,
      seconds: result.timing.trainSeconds,
    }
    if (out !== undefined) {
      writeFileAtomic(join(out, 'agent.ckpt'), checkpoint)
      writeFileAtomic(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    }
    return { checkpoint, manifest }
  } finally {
    if (options.executor === undefined) await executor.close()
  }
}

/** What `trainAgent` wrote to a folder. Throws SimError when the checkpoint is not the one of the manifest. */
export function readTrainedAgent(folder: string): TrainedAgent {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as TrainManifest
  const checkpoint = new Uint8Array(readFileSync(join(folder, 'agent.ckpt')))
  if (manifest.kind !== 'training' || manifest.checkpoint !== hashBytes(checkpoint)) {
    throw new SimError(
      'checkpoint',
      `the checkpoint in ${folder} is not the one of its manifest. Train again.`,
    )
  }
  return { checkpoint, manifest }
}

/** Also appends each progress with metrics to `progress.jsonl`. */
function logTo(
  out: string | undefined,
  also: TrainAgentOptions['onProgress'],
): (progress: UnitProgress) => void {
  if (out === undefined) return (progress) => also?.(progress)
  mkdirSync(out, { recursive: true })
  const file = join(out, 'progress.jsonl')
  writeFileSync(file, '')
  return (progress) => {
    if (progress.metrics !== undefined) {
      appendFileSync(file, `${JSON.stringify({ steps: progress.done, ...progress.metrics })}\n`)
    }
    also?.(progress)
  }
}
