/**
 * Park's load_balance: a thousand jobs, each assigned at its arrival to one of ten servers of different speeds. The one
 * environment here that ends by itself: `terminated` when all jobs are done. Mao et al., "Park: an open platform for
 * learning-augmented computer systems", NeurIPS 2019; the job sizes of the uniform preset are those of "Variance
 * reduction for reinforcement learning in input-driven environments", ICLR 2019.
 */

import { ResetNeededError } from '../../src/errors.ts'
import type { ResetResult, StepResult } from '../../src/gym/index.ts'
import { Box, Discrete, type Env, type EnvSpec, type Info, type ResetOptions } from '../../src/gym/index.ts'
import { Stream, type StreamState } from '../../src/random/index.ts'
import { checkAction, checkRunning, type EpisodePhase } from '../common/discrete-action.ts'
import { Episodes } from '../common/episodes.ts'
import { Options } from '../common/options.ts'
import { Snapshots } from '../common/snapshots.ts'
import { PARK_RATES, ParkCluster, type ParkClusterState } from './cluster.ts'
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
  private root = ''
  private total = 0
  private readonly snapshots: Snapshots

  /** @throws ConfigError on options that are unknown or ill-typed. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    this.unwrapped = this
    const options = new Options(kwargs)
    const jobs = options.raw('jobs', undefined)
    this.preset = options.choice('preset', ['heavy-tail', 'uniform'], 'heavy-tail')
    this.numJobs = options.integer('numJobs', 1000, 1)
    options.finish()
    this.snapshots = new Snapshots('ParkLoadBalance', options.values)
    this.given = jobs === undefined ? undefined : readJobs(jobs)
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    this.begin(this.episodes.begin(seed))
    this.phase = 'running'
    this.total = 0
    return { observation: this.observe(), info: this.info(0) }
  }

  /** The jobs of the episode of that seed, before the first is assigned. */
  private begin(root: string): void {
    const jobs = this.given ?? drawJobs(this.preset, this.numJobs, Stream.derive(root, 'park/jobs'))
    this.root = root
    this.cluster = new ParkCluster(jobs.gaps, jobs.sizes)
    this.view = new ParkView(this.cluster, Stream.derive(root, 'policy'))
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

  snapshot(): Uint8Array {
    if (this.phase === 'new') throw new ResetNeededError('snapshot() was called before reset()')
    const { root, total } = this
    const saved: Saved = {
      root,
      total,
      episodes: this.episodes.save(),
      cluster: this.cluster.save(),
      draws: this.view.draws.save(),
    }
    return this.snapshots.pack(saved)
  }

  restore(snapshot: Uint8Array): void {
    const saved = this.snapshots.unpack(snapshot) as Saved
    if (this.phase === 'new' || this.root !== saved.root) this.begin(saved.root)
    this.episodes.load(saved.episodes)
    this.cluster.load(saved.cluster)
    this.view.draws.load(saved.draws)
    this.view.update()
    this.total = saved.total
    this.phase = this.cluster.done ? 'ended' : 'running'
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
    const traceId = this.given === undefined ? `${this.preset}:${this.root}` : 'given'
    return new ParkInfo(this.cluster.now, elapsed, traceId, this.view)
  }
}

/** Plain data. */
type Saved = {
  readonly root: string
  readonly total: number
  readonly episodes: ReturnType<Episodes['save']>
  readonly cluster: ParkClusterState
  readonly draws: StreamState
}
