import { MinIndex } from '../../../src/policies/min-index.ts'
import type {
  BalancerView,
  BalancingPolicy,
  IndexKey,
  ProbeAnswers,
  ScalingView,
} from '../../../src/policies/types.ts'
import { Stream } from '../../../src/random/stream.ts'

/** A balancer's view under a test's control, with indices kept up to date as the simulator does. */
export class FakeView implements BalancerView {
  readonly n: number
  time = 0
  readonly available: Uint8Array
  availableCount: number
  readonly weight: Float64Array
  readonly speed: Float64Array
  readonly cores: Float64Array
  readonly inFlight: Int32Array
  readonly work: Float64Array
  readonly latency: Float64Array
  readonly inTransit: Int32Array
  readonly load: Int32Array
  rotation: number[]
  readonly joined: Float64Array
  requestClass = 0
  demand = 0.01
  key = -1
  weightVersion = 0
  answers: ProbeAnswers = { slots: [], loads: [], latencies: [] }
  readonly reportedLoad: Int32Array
  readonly reportedAt: Float64Array
  readonly sentSince: Int32Array
  /** Idle slots in the order in which they became so. */
  readonly idle: number[]
  /** Slots that were probed. */
  readonly probes: number[] = []
  listener: BalancingPolicy | undefined
  readonly draws: Stream
  private readonly indices: Map<IndexKey, MinIndex> = new Map()

  constructor(n: number, seed = 1) {
    this.n = n
    this.available = new Uint8Array(n).fill(1)
    this.availableCount = n
    this.weight = new Float64Array(n).fill(1)
    this.speed = new Float64Array(n).fill(1)
    this.cores = new Float64Array(n).fill(1)
    this.inFlight = new Int32Array(n)
    this.work = new Float64Array(n)
    this.latency = new Float64Array(n)
    this.inTransit = new Int32Array(n)
    this.load = new Int32Array(n)
    this.rotation = Array.from({ length: n }, (_, i) => i)
    this.joined = new Float64Array(n)
    this.reportedLoad = new Int32Array(n)
    this.reportedAt = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
    this.sentSince = new Int32Array(n)
    this.idle = Array.from({ length: n }, (_, i) => i)
    this.draws = Stream.derive(seed, 'policy')
  }

  attach(policy: BalancingPolicy): void {
    this.listener = policy
  }

  takeIdle(): number {
    for (let slot = this.idle.shift(); slot !== undefined; slot = this.idle.shift())
      if (this.available[slot] === 1) return slot
    return -1
  }

  probe(slot: number): void {
    this.probes.push(slot)
    this.listener?.probed?.(this, slot, this.load[slot]!, 0.01 * (1 + this.load[slot]!))
  }

  /** An answer of the slot, which holds as many as now, after so many seconds. */
  answer(slot: number, response: number): void {
    this.listener?.answered?.(this, slot, {
      response,
      ok: true,
      queue: this.load[slot]!,
      service: response / (1 + this.load[slot]!),
    })
  }

  /** The slot reports its load now. */
  report(slot: number): void {
    this.reportedLoad[slot] = this.load[slot]!
    this.reportedAt[slot] = this.time
    this.sentSince[slot] = 0
  }

  minIndex(key: IndexKey): MinIndex {
    let index = this.indices.get(key)
    if (index === undefined) {
      index = new MinIndex(this.n)
      this.indices.set(key, index)
      for (let i = 0; i < this.n; i++) index.set(i, this.keyOf(key, i))
    }
    return index
  }

  setAvailable(slot: number, on: boolean): void {
    if (this.available[slot] === (on ? 1 : 0)) return
    this.available[slot] = on ? 1 : 0
    this.availableCount += on ? 1 : -1
    if (on) this.joined[slot]!++
    this.rotation = on ? [...this.rotation, slot] : this.rotation.filter((other) => other !== slot)
    this.update(slot)
  }

  /** A request on its way to the slot (+1), or its answer (-1). */
  change(slot: number, by: 1 | -1): void {
    this.inFlight[slot]! += by
    this.load[slot]! += by
    this.inTransit[slot]! += by
    if (by > 0) this.sentSince[slot]!++
    this.work[slot]! += by * this.demand
    if (this.load[slot] === 0 && !this.idle.includes(slot)) this.idle.push(slot)
    this.update(slot)
  }

  update(slot: number): void {
    for (const [key, index] of this.indices) index.set(slot, this.keyOf(key, slot))
  }

  private keyOf(key: IndexKey, slot: number): number {
    return this.available[slot] === 1 ? key.of(this, slot) : Number.POSITIVE_INFINITY
  }
}

export function fakeScalingView(values: Partial<ScalingView> = {}): ScalingView {
  const ready = values.ready ?? 4
  const starting = values.starting ?? 0
  return {
    time: 0,
    ready,
    starting,
    draining: 0,
    target: ready + starting,
    min: 1,
    max: 100,
    interval: 15,
    startup: 60,
    utilization: 0.5,
    offered: [2, 2, 2, 2],
    arrivalRate: 10,
    waitingPerCore: 0,
    inFlight: 2,
    meanInFlight: 2,
    lateFraction: 0,
    failedFraction: 0,
    p95: 0.1,
    sinceChange: 1e9,
    metricAge: 0,
    readyWithin: () => 0,
    declaredLoad: () => 2,
    draws: Stream.derive(1, 'scaler'),
    ...values,
  }
}
