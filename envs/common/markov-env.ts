/**
 * What the small Markov environments share: continuing systems with exponential times, asked for a decision at certain
 * events. An episode is truncated after a number of decisions, never terminated.
 */

import { ResetNeededError } from '../../src/errors.ts'
import {
  Box,
  Discrete,
  type Env,
  type EnvSpec,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from '../../src/gym/index.ts'
import { Stream, type StreamState } from '../../src/random/index.ts'
import { checkAction, checkRunning, type EpisodePhase } from './discrete-action.ts'
import { Episodes } from './episodes.ts'
import type { Options } from './options.ts'
import { Snapshots } from './snapshots.ts'

export type MarkovOptions = {
  /** Decisions of an episode. */
  readonly episodeLength: number
  readonly start: 'uniform' | 'empty'
  /** All of the environment, as far as they are read. */
  readonly options: Readonly<Record<string, unknown>>
}

export function readMarkovOptions(options: Options): MarkovOptions {
  return {
    episodeLength: options.integer('episodeLength', 5000, 1),
    start: options.choice('start', ['uniform', 'empty'], 'uniform'),
    options: options.values,
  }
}

/** Plain data. */
type MarkovSnapshot<S> = {
  readonly state: S
  readonly episodes: ReturnType<Episodes['save']>
  readonly ended: boolean
  readonly stream: StreamState
  /** Of the policies that draw from the view. */
  readonly draws: StreamState
  readonly traceId: string
  readonly time: number
  readonly decisions: number
  readonly total: number
}

/** `S`: what the state is at a decision, plain data. */
export abstract class MarkovEnv<S, V> implements Env<Float32Array, number> {
  readonly observationSpace: Box<'float32'>
  readonly actionSpace: Discrete
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: MarkovEnv<S, V>
  spec?: EnvSpec | undefined
  /** Cost in one unit of reward. */
  readonly rewardUnit: number
  private readonly limits: MarkovOptions
  private readonly mask: Int8Array
  private readonly snapshots: Snapshots
  private readonly episodes: Episodes = new Episodes()
  private stream: Stream = Stream.derive(0, 'markov')
  private draws: Stream = Stream.derive(0, 'policy')
  private phase: EpisodePhase = 'new'
  private traceId = ''
  private time = 0
  private decisions = 0
  private total = 0

  /** `name`: what snapshots call it. */
  protected constructor(
    name: string,
    limits: MarkovOptions,
    observations: number,
    actions: number,
    rewardUnit: number,
  ) {
    this.unwrapped = this
    this.snapshots = new Snapshots(name, limits.options)
    this.limits = limits
    this.observationSpace = new Box(0, 1, { shape: [observations] })
    this.actionSpace = new Discrete(actions)
    this.mask = new Int8Array(actions).fill(1)
    this.rewardUnit = rewardUnit
  }

  /** The state in which a decision is due; `setState` makes it the present one. */
  abstract get state(): S
  protected abstract setState(state: S): void
  /** The present state becomes one from which episodes start, not yet at a decision. */
  protected abstract begin(stream: Stream, uniform: boolean): void
  protected abstract apply(action: number): void
  /** Cost per unit of time. */
  protected abstract costRate(): number
  /** Total rate of the next event. */
  protected abstract eventRate(): number
  /** The event at `position` of [0, eventRate); whether it asks for a decision. */
  protected abstract happen(position: number): boolean
  protected abstract fill(observation: Float32Array): void
  protected abstract view(time: number, draws: Stream): V

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    const root = this.episodes.begin(seed)
    this.stream = Stream.derive(root, 'markov')
    this.draws = Stream.derive(root, 'policy')
    this.traceId = root
    this.phase = 'running'
    this.time = 0
    this.decisions = 0
    this.total = 0
    this.begin(this.stream, this.limits.start === 'uniform')
    this.advance()
    this.time = 0
    return { observation: this.observe(), info: this.info(0, 0) }
  }

  step(action: number): StepResult<Float32Array> {
    checkRunning(this.phase, action)
    checkAction(action, this.actionSpace.n)
    const before = this.time
    this.apply(action)
    const cost = this.advance()
    this.total += cost
    const truncated = ++this.decisions >= this.limits.episodeLength
    const info = this.info(this.time - before, cost)
    if (truncated) {
      this.phase = 'ended'
      info.summary = { decisions: this.decisions, time: this.time, averageCost: this.total / this.time }
    }
    return {
      observation: this.observe(),
      reward: 0 - cost / this.rewardUnit,
      terminated: false,
      truncated,
      info,
    }
  }

  /**
   * What an agent is shown when it decides in `state`. The episode that is under way goes on unchanged, but its last
   * `info.view` is the same object, and shows `state` until the next step.
   */
  at(state: S): ResetResult<Float32Array> {
    const kept = this.state
    this.setState(state)
    const shown = { observation: this.observe(), info: this.info(0, 0) }
    this.setState(kept)
    return shown
  }

  /** @throws ResetNeededError before the first reset */
  snapshot(): Uint8Array {
    if (this.phase === 'new') throw new ResetNeededError('snapshot() was called before reset()')
    const { state, traceId, time, decisions, total } = this
    const saved: MarkovSnapshot<S> = {
      state,
      episodes: this.episodes.save(),
      ended: this.phase === 'ended',
      stream: this.stream.save(),
      draws: this.draws.save(),
      traceId,
      time,
      decisions,
      total,
    }
    return this.snapshots.pack(saved)
  }

  restore(snapshot: Uint8Array): void {
    const saved = this.snapshots.unpack(snapshot) as MarkovSnapshot<S>
    this.setState(saved.state)
    this.episodes.load(saved.episodes)
    this.stream.load(saved.stream)
    this.draws.load(saved.draws)
    this.traceId = saved.traceId
    this.time = saved.time
    this.decisions = saved.decisions
    this.total = saved.total
    this.phase = saved.ended ? 'ended' : 'running'
  }

  close(): void {
    this.phase = 'new'
  }

  /** To the next decision; the cost on the way. */
  private advance(): number {
    let cost = 0
    for (;;) {
      const rate = this.eventRate()
      const elapsed = this.stream.exponential(1 / rate)
      cost += elapsed * this.costRate()
      this.time += elapsed
      if (this.happen(this.stream.next() * rate)) return cost
    }
  }

  private observe(): Float32Array {
    const observation = new Float32Array(this.observationSpace.shape[0]!)
    this.fill(observation)
    return observation
  }

  private info(elapsed: number, cost: number): MarkovInfo {
    const view = this.view(this.time, this.draws)
    return new MarkovInfo(this.time, elapsed, this.mask, this.rewardUnit, cost, this.traceId, view)
  }
}

export class MarkovInfo {
  [name: string]: unknown
  readonly time: number
  /** Time since the decision before. */
  readonly elapsed: number
  readonly actionMask: Int8Array
  readonly rewardUnit: number
  readonly invalidAction = false
  /** Of the step, not divided by the reward unit. */
  readonly cost: number
  readonly traceId: string
  /** At the end of an episode. */
  summary?: { readonly decisions: number; readonly time: number; readonly averageCost: number }
  readonly #view: unknown

  constructor(
    time: number,
    elapsed: number,
    actionMask: Int8Array,
    rewardUnit: number,
    cost: number,
    traceId: string,
    view: unknown,
  ) {
    this.time = time
    this.elapsed = elapsed
    this.actionMask = actionMask
    this.rewardUnit = rewardUnit
    this.cost = cost
    this.traceId = traceId
    this.#view = view
  }

  /** Valid until the next step, never serialised. */
  get view(): unknown {
    return this.#view
  }
}
