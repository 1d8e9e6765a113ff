/**
 * What a balancer sees, for environments that are no simulation of a scenario: slots that are always available, with
 * exact counts. The balancing policies then decide in these environments as they do in the simulator.
 */
import { SimError } from '../../src/errors.ts'
import { MinIndex } from '../../src/policies/min-index.ts'
import type { BalancerView, IndexKey, ProbeAnswers } from '../../src/policies/types.ts'
import { Stream } from '../../src/random/stream.ts'

export class QueueView implements BalancerView {
  readonly n: number
  time = 0
  readonly available: Uint8Array
  readonly availableCount: number
  readonly weight: Float64Array
  readonly speed: Float64Array
  readonly cores: Float64Array
  readonly inFlight: Int32Array
  readonly work: Float64Array
  readonly latency: Float64Array
  readonly inTransit: Int32Array
  /** The same array as `inFlight`: there is one sender. */
  readonly load: Int32Array
  readonly rotation: readonly number[]
  readonly joined: Float64Array
  readonly requestClass = 0
  /** Jobs have no keys, and nobody reports: counts are exact. */
  readonly key = -1
  readonly weightVersion = 0
  readonly answers: ProbeAnswers = { slots: [], loads: [], latencies: [] }
  readonly reportedLoad: Int32Array
  readonly reportedAt: Float64Array
  readonly sentSince: Int32Array
  demand = 1
  draws: Stream = Stream.derive(0, 'policy')
  private readonly indices: Map<IndexKey, MinIndex> = new Map()

  /** `rates`: work that each slot does per unit of time. */
  constructor(rates: readonly number[]) {
    const n = rates.length
    this.n = n
    this.available = new Uint8Array(n).fill(1)
    this.availableCount = n
    this.weight = new Float64Array(n).fill(1)
    this.speed = Float64Array.from(rates)
    this.cores = new Float64Array(n).fill(1)
    this.load = new Int32Array(n)
    this.inFlight = this.load
    this.work = new Float64Array(n)
    this.latency = new Float64Array(n)
    this.inTransit = new Int32Array(n)
    this.rotation = rates.map((_, slot) => slot)
    this.joined = new Float64Array(n)
    this.reportedLoad = new Int32Array(n)
    this.reportedAt = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
    this.sentSince = new Int32Array(n)
  }

  takeIdle(): number {
    return -1
  }

  probe(): void {}

  /** @throws SimError: nothing comes back from the servers here. */
  attach(): void {
    const hint = 'Use one that decides from counts, such as jsq or sed.'
    throw new SimError('no-answers', `this policy learns from answers, and there are none here. ${hint}`)
  }

  minIndex(key: IndexKey): MinIndex {
    let index = this.indices.get(key)
    if (index === undefined) {
      index = new MinIndex(this.n)
      this.indices.set(key, index)
    }
    for (let slot = 0; slot < this.n; slot++) index.set(slot, key.of(this, slot))
    return index
  }
}
