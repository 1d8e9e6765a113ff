/**
 * SlowServer-v0: one queue, a fast server that always serves and a slow one that may be given a job, which it keeps.
 * The optimal policy is a threshold on the number of jobs (Lin and Kumar, "Optimal control of a queueing system with
 * two heterogeneous servers", IEEE Transactions on Automatic Control, 1984).
 */
import type { Stream } from '../../src/random/index.ts'
import { MarkovEnv, readMarkovOptions } from '../common/markov-env.ts'
import { Options } from '../common/options.ts'
import { lg } from '../common/transforms.ts'
import type { SlowServerModel } from './model.ts'

const LARGEST_START = 30

/** What agents see beside the observation; `state` is the number of jobs that wait or are at the fast server. */
export type SlowServerView = {
  readonly model: SlowServerModel
  readonly state: number
  readonly time: number
}

export class SlowServer extends MarkovEnv<number, SlowServerView> {
  readonly model: SlowServerModel
  /** Jobs that wait or are at the fast server. */
  private jobs = 0
  private busy = false

  /** @throws ConfigError on options that are unknown or ill-typed, and where the load is not below 1. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    const options = new Options(kwargs)
    const lambda = options.number('lambda', 0.8, 0)
    const mu1 = options.number('mu1', 1, 0)
    const mu2 = options.number('mu2', 0.1, 0)
    const limits = readMarkovOptions(options)
    if (!(lambda < mu1 + mu2)) {
      options.reject('lambda', `expected less than mu1 + mu2 = ${mu1 + mu2}, got ${lambda}`, undefined)
    }
    options.finish()
    super('SlowServer', limits, 1, 2, 10)
    this.model = { kind: 'slow-server', lambda, mu1, mu2 }
  }

  get state(): number {
    return this.jobs
  }

  protected setState(jobs: number): void {
    this.jobs = jobs
    this.busy = false
  }

  protected begin(stream: Stream, uniform: boolean): void {
    this.setState(uniform ? stream.int(LARGEST_START + 1) : 0)
  }

  protected apply(action: number): void {
    if (action === 0) return
    this.jobs--
    this.busy = true
  }

  protected costRate(): number {
    return this.jobs + (this.busy ? 1 : 0)
  }

  protected eventRate(): number {
    const { lambda, mu1, mu2 } = this.model
    return lambda + (this.jobs > 0 ? mu1 : 0) + (this.busy ? mu2 : 0)
  }

  protected happen(position: number): boolean {
    const { lambda, mu1 } = this.model
    if (position < lambda) this.jobs++
    else if (this.jobs > 0 && (position < lambda + mu1 || !this.busy)) this.jobs--
    else this.busy = false
    return !this.busy && this.jobs >= 2
  }

  protected fill(observation: Float32Array): void {
    observation[0] = lg(this.jobs)
  }

  protected view(time: number): SlowServerView {
    return { model: this.model, state: this.jobs, time }
  }
}
