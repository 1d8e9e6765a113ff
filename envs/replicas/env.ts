/**
 * Replicas-v0: how many replicas to hold while arrivals switch between two rates and a start takes time. Small enough
 * for the optimum to be computed exactly (benchmarks/optimal).
 */
import type { Stream } from '../../src/random/index.ts'
import { MarkovEnv, readMarkovOptions } from '../common/markov-env.ts'
import { Options } from '../common/options.ts'
import { lg } from '../common/transforms.ts'
import type { ReplicasModel } from './model.ts'

export type ReplicasState = {
  /** 0: arrivals at rate `lambda1`, 1: at rate `lambda2`. */
  readonly phase: number
  /** Waiting and in service. */
  readonly jobs: number
  readonly ready: number
  readonly starting: number
}

/** What agents see beside the observation. `state` has phase -1 where the phase is hidden. */
export type ReplicasView = {
  readonly model: ReplicasModel
  readonly state: ReplicasState
  readonly time: number
}

const LARGEST_START = 20

export class Replicas extends MarkovEnv<ReplicasState, ReplicasView> {
  readonly model: ReplicasModel
  private readonly hidePhase: boolean
  private now: ReplicasState = { phase: 0, jobs: 0, ready: 0, starting: 0 }

  /** @throws ConfigError on options that are unknown or ill-typed, and where all replicas together are too few. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    const options = new Options(kwargs)
    const model: ReplicasModel = {
      kind: 'replicas',
      lambda1: options.number('lambda1', 2, 0),
      lambda2: options.number('lambda2', 6, 0),
      switch1: options.number('switch1', 0.02, 0),
      switch2: options.number('switch2', 0.05, 0),
      mu: options.number('mu', 1, 0),
      setup: options.number('setup', 0.1, 0),
      max: options.integer('max', 10, 1),
      holdingCost: options.number('holdingCost', 1, 0),
      replicaCost: options.number('replicaCost', 1, 0),
      anyTarget: options.boolean('anyTarget', false),
    }
    const hidePhase = options.boolean('hidePhase', false)
    const limits = readMarkovOptions(options)
    const { lambda1, lambda2, switch1, switch2, mu, max } = model
    const rate = (lambda1 * switch2 + lambda2 * switch1) / (switch1 + switch2)
    if (!(rate < max * mu)) {
      options.reject(
        'max',
        `the mean rate of arrivals, ${rate}, is not below max x mu = ${max * mu}`,
        undefined,
      )
    }
    options.finish()
    super('Replicas', limits, hidePhase ? 3 : 4, model.anyTarget ? max + 1 : 3, 10)
    this.model = model
    this.hidePhase = hidePhase
  }

  get state(): ReplicasState {
    return this.now
  }

  protected setState(state: ReplicasState): void {
    this.now = state
  }

  /** The phase is drawn from its long-run distribution. */
  protected begin(stream: Stream, uniform: boolean): void {
    const { switch1, switch2, max } = this.model
    this.now = {
      phase: stream.next() * (switch1 + switch2) < switch2 ? 0 : 1,
      jobs: uniform ? stream.int(LARGEST_START + 1) : 0,
      ready: uniform ? stream.int(max + 1) : 0,
      starting: 0,
    }
  }

  /** Starts are cancelled before ready replicas stop; the job of a stopped one waits again. */
  protected apply(action: number): void {
    const { ready, starting } = this.now
    const { anyTarget, max } = this.model
    const wanted = anyTarget ? action : Math.min(max, Math.max(0, ready + starting + action - 1))
    this.now =
      wanted < ready ? { ...this.now, ready: wanted, starting: 0 } : { ...this.now, starting: wanted - ready }
  }

  protected costRate(): number {
    const { jobs, ready, starting } = this.now
    return this.model.holdingCost * jobs + this.model.replicaCost * (ready + starting)
  }

  protected eventRate(): number {
    const { phase, jobs, ready, starting } = this.now
    const { lambda1, lambda2, switch1, switch2, mu, setup } = this.model
    const own = phase === 0 ? lambda1 + switch1 : lambda2 + switch2
    return own + Math.min(jobs, ready) * mu + starting * setup
  }

  protected happen(position: number): boolean {
    const { now, model } = this
    const { phase, jobs, ready, starting } = now
    let left = position - (phase === 0 ? model.lambda1 : model.lambda2)
    if (left < 0) this.now = { ...now, jobs: jobs + 1 }
    else if ((left -= Math.min(jobs, ready) * model.mu) < 0) this.now = { ...now, jobs: jobs - 1 }
    else if ((left -= starting * model.setup) < 0)
      this.now = { ...now, ready: ready + 1, starting: starting - 1 }
    else this.now = { ...now, phase: 1 - phase }
    return true
  }

  protected fill(observation: Float32Array): void {
    const { phase, jobs, ready, starting } = this.now
    observation[0] = lg(jobs)
    observation[1] = ready / this.model.max
    observation[2] = starting / this.model.max
    if (!this.hidePhase) observation[3] = phase
  }

  protected view(time: number): ReplicasView {
    const state = this.hidePhase ? { ...this.now, phase: -1 } : this.now
    return { model: this.model, state, time }
  }
}
