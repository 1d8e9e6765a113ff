/**
 * Dispatch-v0: jobs arrive at two first-come first-served servers of different speeds; each is assigned at its arrival,
 * for good. Small enough for the optimum to be computed exactly (benchmarks/optimal).
 */
import type { SlotLayout } from '../../src/gym/index.ts'
import type { Stream } from '../../src/random/index.ts'
import { MarkovEnv, readMarkovOptions } from '../common/markov-env.ts'
import { Options } from '../common/options.ts'
import { QueueView } from '../common/queue-view.ts'
import { lg } from '../common/transforms.ts'
import type { DispatchModel } from './model.ts'

export type DispatchState = readonly [first: number, second: number]

const LARGEST_START = 20

export class DispatchView extends QueueView {
  readonly model: DispatchModel
  state: DispatchState = [0, 0]

  constructor(model: DispatchModel) {
    super([model.mu1, model.mu2])
    this.model = model
  }
}

export class Dispatch extends MarkovEnv<DispatchState, DispatchView> {
  readonly model: DispatchModel
  readonly slotLayout: SlotLayout = { shared: 0, each: 1 }
  private readonly cap: number
  private readonly shown: DispatchView
  private first = 0
  private second = 0

  /** @throws ConfigError on options that are unknown or ill-typed, and where the load is not below 1. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    const options = new Options(kwargs)
    const lambda = options.number('lambda', 0.99, 0)
    const mu1 = options.number('mu1', 1, 0)
    const mu2 = options.number('mu2', 0.1, 0)
    const cap = options.integer('cap', 150, LARGEST_START)
    const limits = readMarkovOptions(options)
    if (!(lambda < mu1 + mu2)) {
      options.reject('lambda', `expected less than mu1 + mu2 = ${mu1 + mu2}, got ${lambda}`, undefined)
    }
    options.finish()
    super('Dispatch', limits, 2, 2, 10 / lambda)
    this.model = { kind: 'dispatch', lambda, mu1, mu2 }
    this.cap = cap
    this.shown = new DispatchView(this.model)
  }

  get state(): DispatchState {
    return [this.first, this.second]
  }

  protected setState([first, second]: DispatchState): void {
    this.first = first
    this.second = second
  }

  protected begin(stream: Stream, uniform: boolean): void {
    this.first = uniform ? stream.int(LARGEST_START + 1) : 0
    this.second = uniform ? stream.int(LARGEST_START + 1) : 0
  }

  /** A full queue passes the job on to the other; where both are full it is lost. */
  protected apply(action: number): void {
    const { first, second, cap } = this
    if (first < cap && (action === 0 || second === cap)) this.first++
    else if (second < cap) this.second++
  }

  protected costRate(): number {
    return this.first + this.second
  }

  protected eventRate(): number {
    const { lambda, mu1, mu2 } = this.model
    return lambda + (this.first > 0 ? mu1 : 0) + (this.second > 0 ? mu2 : 0)
  }

  protected happen(position: number): boolean {
    const { lambda, mu1 } = this.model
    if (position < lambda) return true
    if (this.first > 0 && (position < lambda + mu1 || this.second === 0)) this.first--
    else this.second--
    return false
  }

  protected fill(observation: Float32Array): void {
    observation[0] = lg(this.first)
    observation[1] = lg(this.second)
  }

  protected view(time: number, draws: Stream): DispatchView {
    const { shown } = this
    shown.time = time
    shown.draws = draws
    shown.load[0] = this.first
    shown.load[1] = this.second
    shown.work.set(shown.load)
    shown.state = this.state
    return shown
  }
}
