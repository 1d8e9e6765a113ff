/** What Park's heuristics see beside the observation. */
import type { Stream } from '../../src/random/stream.ts'
import { QueueView } from '../common/queue-view.ts'
import { PARK_RATES, PARK_SPACED_RATES, type ParkCluster } from './cluster.ts'

/** A balancer's view, whose `demand` is the size of the incoming job (0 at the end), with the work at the servers. */
export class ParkView extends QueueView {
  /** Park's observation: units of work that wait plus time that the running job needs. */
  readonly mixedLoad: Float64Array = new Float64Array(PARK_RATES.length)
  /** Time to empty the server if nothing is added. */
  readonly drainTime: Float64Array = new Float64Array(PARK_RATES.length)
  private readonly cluster: ParkCluster

  constructor(cluster: ParkCluster, draws: Stream) {
    super(PARK_SPACED_RATES)
    this.cluster = cluster
    this.draws = draws
  }

  update(): void {
    const { cluster } = this
    this.time = cluster.now
    this.demand = cluster.incoming < 0 ? 0 : cluster.sizes[cluster.incoming]!
    for (let i = 0; i < this.n; i++) {
      this.load[i] = cluster.counts[i]!
      this.work[i] = cluster.assignedWork(i)
      this.mixedLoad[i] = cluster.waitingWork(i) + cluster.runningTime(i)
      this.drainTime[i] = cluster.drainTime(i)
    }
  }
}

export class ParkInfo {
  [name: string]: unknown
  readonly time: number
  /** Time since the decision before. */
  readonly elapsed: number
  readonly actionMask: Int8Array = ALL
  readonly rewardUnit = 1
  readonly invalidAction = false
  /** Equal where the jobs are. */
  readonly traceId: string
  /** At the end of an episode. */
  summary?: { readonly jobs: number; readonly meanResponse: number; readonly end: number }
  readonly #view: ParkView

  constructor(time: number, elapsed: number, traceId: string, view: ParkView) {
    this.time = time
    this.elapsed = elapsed
    this.traceId = traceId
    this.#view = view
  }

  /** Valid until the next step, never serialised. */
  get view(): ParkView {
    return this.#view
  }
}

const ALL = new Int8Array(PARK_RATES.length).fill(1)
