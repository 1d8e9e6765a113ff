/**
 * Park's load_balance: a thousand jobs, each assigned at its arrival to one of ten servers of different speeds. The one
 * environment here that ends by itself: `terminated` when all jobs are done. Mao et al., "Park: an open platform for
 * learning-augmented computer systems", NeurIPS 2019; the job sizes of the uniform preset are those of "Variance
 * reduction for reinforcement learning in input-driven environments", ICLR 2019.
 */

import type { ResetResult, StepResult } from '../../src/gym/index.ts'
import { Box, Discrete, type Env, type EnvSpec, type Info, type ResetOptions } from '../../src/gym/index.ts'
import { Stream } from '../../src/random/index.ts'
import { checkAction, checkRunning, type EpisodePhase } from '../common/discrete-action.ts'
import { Episodes } from '../common/episodes.ts'
import { Options } from '../common/options.ts'
import { PARK_RATES, ParkCluster } from './cluster.ts'
import { drawJobs, type ParkJobs, type ParkPreset, readJobs } from './jobs.ts'
import { ParkInfo, ParkView } from './view.ts'

const LARGEST = 500000

export class ParkLoadBalance implements Env<Float32Array, number> {
  readonly observationSpace: Box<'float32'> = new Box(0, LARGEST, { shape: [PARK_RATES.length + 1] })
  readonly actionSpace: Discrete = new Discrete(PARK_RATES.length)
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: ParkLoadBalance
  spec?: EnvSpec | undefined
  readonly preset: ParkPreset
  private readonly numJobs: number
  private readonly given: ParkJobs | undefined
  private readonly episodes: Episodes = new Episodes()
  private cluster!: ParkCluster
  private view!: ParkView
  private phase: EpisodePhase = 'new'
  private traceId = ''
  private total = 0

  /** @throws ConfigError on options that are unknown or ill-typed. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    this.unwrapped = this
    const options = new Options(kwargs)
    const jobs = options.raw('jobs', undefined)
    this.preset = options.choice('preset', ['heavy-tail', 'uniform'], 'heavy-tail')
    this.numJobs = options.integer('numJobs', 1000, 1)
    options.finish()
    this.given = jobs === undefined ? undefined : readJobs(jobs)
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    const root = this.episodes.begin(seed)
    const jobs = this.given ?? drawJobs(this.preset, this.numJobs, Stream.derive(root, 'park/jobs'))
    this.traceId = this.given === undefined ? `${this.preset}:${root}` : 'given'
    this.cluster = new ParkCluster(jobs.gaps, jobs.sizes)
    this.view = new ParkView(this.cluster, Stream.derive(root, 'policy'))
    this.phase = 'running'
    this.total = 0
    return { observation: this.observe(), info: this.info(0) }
  }

  step(action: number): StepResult<Float32Array> {
    checkRunning(this.phase, action)
    checkAction(action, PARK_RATES.length)
    const { cluster } = this
    const before = cluster.now
    const cost = cluster.assign(action)
    this.total += cost
    const terminated = cluster.done
    const observation = this.observe()
    const info = this.info(cluster.now - before)
    if (terminated) {
      this.phase = 'ended'
      const jobs = cluster.sizes.length
      info.summary = { jobs, meanResponse: this.total / jobs, end: cluster.now }
    }
    return { observation, reward: 0 - cost, terminated, truncated: false, info }
  }

  close(): void {
    this.phase = 'new'
  }

  /** Work that waits plus time that the running job needs, as Park adds them; then the size of the incoming job. */
  private observe(): Float32Array {
    this.view.update()
    const observation = new Float32Array(PARK_RATES.length + 1)
    for (let i = 0; i < PARK_RATES.length; i++) observation[i] = Math.min(LARGEST, this.view.mixedLoad[i]!)
    observation[PARK_RATES.length] = Math.min(LARGEST, this.view.demand)
    return observation
  }

  private info(elapsed: number): Info {
    return new ParkInfo(this.cluster.now, elapsed, this.traceId, this.view)
  }
}
