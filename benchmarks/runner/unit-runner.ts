/** Runs units through an executor and a store: a unit whose result is known is not run again. */
import { hashBytes, type Identity } from '../identity.ts'
import { abortError } from '../units/abort-error.ts'
import type {
  EvaluateResult,
  EvaluateUnit,
  Job,
  TrainResult,
  TrainUnit,
  Unit,
  UnitProgress,
  UnitResult,
} from '../units/types.ts'
import type { Executor } from './executor.ts'
import { type ResultStore, resultDigest, unitId } from './store.ts'

/** News of one unit. `state: known` means that its result was found, not computed. */
export type UnitEvent = {
  readonly id: string
  readonly kind: Unit['kind']
  /** What it is for, e.g. `pool-noisy / ppo / training seed 1`. */
  readonly label: string
  readonly state: 'planned' | 'known' | 'started' | 'progress' | 'done' | 'failed'
  readonly progress?: UnitProgress | undefined
  /** Units finished and planned so far; tuning may add more. */
  readonly finished: number
  readonly planned: number
}

export type UnitRunnerOptions = {
  readonly executor: Executor
  readonly store: ResultStore
  readonly identity: Identity
  readonly onEvent?: ((event: UnitEvent) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export class UnitRunner {
  /** Digest of each result so far, by unit id. */
  readonly digests: Map<string, string> = new Map()
  private readonly options: UnitRunnerOptions
  private readonly running = new Map<string, Promise<UnitResult>>()
  private planned = 0
  private finished = 0

  constructor(options: UnitRunnerOptions) {
    this.options = options
  }

  train(unit: TrainUnit, label: string, from?: Uint8Array): Promise<TrainResult> {
    return this.run({ unit, checkpoint: from }, label) as Promise<TrainResult>
  }

  evaluate(
    unit: Omit<EvaluateUnit, 'kind' | 'checkpoint'>,
    label: string,
    checkpoint?: Uint8Array,
  ): Promise<EvaluateResult> {
    const hash = checkpoint === undefined ? null : hashBytes(checkpoint)
    const whole: EvaluateUnit = { ...unit, kind: 'evaluate', checkpoint: hash }
    return this.run({ unit: whole, checkpoint }, label) as Promise<EvaluateResult>
  }

  /** The same unit asked for twice, as by two agents with one setting, runs once. */
  private run(job: Job, label: string): Promise<UnitResult> {
    const id = unitId(job.unit, this.options.identity)
    let result = this.running.get(id)
    if (result === undefined) {
      result = this.start(id, job, label)
      this.running.set(id, result)
    }
    return result
  }

  private async start(id: string, job: Job, label: string): Promise<UnitResult> {
    const { executor, store, signal } = this.options
    this.planned++
    const tell = (state: UnitEvent['state'], progress?: UnitProgress): void => {
      const { planned, finished } = this
      this.options.onEvent?.({ id, kind: job.unit.kind, label, state, progress, planned, finished })
    }
    tell('planned')
    const known = store.read(id)
    if (known !== undefined) {
      this.finish(id, known)
      tell('known')
      return known
    }
    try {
      const result = await executor.run(job, {
        signal,
        onStart: () => tell('started'),
        onProgress: (progress) => tell('progress', progress),
      })
      if (result.kind === 'train' && result.interrupted) throw abortError()
      store.write(id, job.unit, result)
      this.finish(id, result)
      tell('done')
      return result
    } catch (error) {
      tell('failed')
      throw error
    }
  }

  private finish(id: string, result: UnitResult): void {
    this.finished++
    this.digests.set(id, resultDigest(result))
  }
}
