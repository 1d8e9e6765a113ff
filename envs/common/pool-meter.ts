/**
 * Balancers of the same replicas, measured from interval to interval as if they were one, and their common weights: what
 * sets weights sees, and what it does.
 */
import { loadFields, saveFields } from '../../src/engine/typed.ts'
import type { Balancer } from '../../src/model/balancing/balancer.ts'
import type { WeightsView } from '../../src/policies/types.ts'
import { Stream, type StreamState } from '../../src/random/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'

/** So that no valid slot is starved: its answers are what tells that it is well again. */
const LEAST_WEIGHT = 1e-3

export class PoolMeter implements WeightsView {
  readonly n: number
  readonly balancers: readonly Balancer[]
  readonly declaredRate: number
  readonly demand: number
  readonly draws: Stream
  time = 0
  interval = 0
  arrivalRate = 0
  readonly weights: Float64Array
  readonly available: Uint8Array
  readonly inFlight: Float64Array
  readonly answers: Float64Array
  readonly latency: Float64Array
  readonly failed: Float64Array
  /** Mean demands in flight, seconds, and availability: time averages by slot. Arrivals by class. */
  readonly work: Float64Array
  readonly availability: Float64Array
  readonly arrivals: Float64Array

  /** Starts to measure. `rate`: as declared, per second; `demand`: mean of a request, seconds. */
  constructor(simulation: Simulation, balancers: readonly Balancer[], rate: number, demand: number) {
    const { n } = balancers[0]!
    this.n = n
    this.balancers = balancers
    this.declaredRate = rate
    this.demand = demand
    this.draws = Stream.derive(simulation.seed, `weights/${balancers[0]!.spec.name}`)
    this.weights = new Float64Array(n)
    this.available = new Uint8Array(n)
    this.inFlight = new Float64Array(n)
    this.answers = new Float64Array(n)
    this.latency = new Float64Array(n)
    this.failed = new Float64Array(n)
    this.work = new Float64Array(n)
    this.availability = new Float64Array(n)
    this.arrivals = new Float64Array(simulation.world.compiled.classes.length)
    for (const balancer of balancers) balancer.measured()
  }

  get speed(): Float64Array {
    return this.balancers[0]!.speed
  }
  get cores(): Float64Array {
    return this.balancers[0]!.cores
  }

  /** In proportion to declared cores x speed. */
  weighByPower(): void {
    this.setWeights(this.cores.map((count, i) => count * this.speed[i]!))
  }

  /** max(a, 1e-3) for each slot, divided by their sum over the slots that are available now. */
  setWeights(wanted: ArrayLike<number>): void {
    const { weights, n } = this
    let total = 0
    let all = 0
    for (let i = 0; i < n; i++) {
      const weight = Math.max(LEAST_WEIGHT, wanted[i]!)
      weights[i] = weight
      all += weight
      if (this.isAvailable(i)) total += weight
    }
    const sum = total > 0 ? total : all
    for (let i = 0; i < n; i++) weights[i] = weights[i]! / sum
    for (const balancer of this.balancers) balancer.setWeights(weights)
  }

  private isAvailable(slot: number): boolean {
    return this.balancers.some(({ available }) => available[slot] === 1)
  }

  /** All but what the balancers save themselves. */
  save(): unknown {
    return { ...saveFields(this, FIELDS), draws: this.draws.save() }
  }

  /** Of the same balancers, after they are restored. */
  load(state: unknown): void {
    loadFields(this, FIELDS, state)
    this.draws.load((state as { draws: StreamState }).draws)
  }

  /** Ends the interval: the fields are what was measured in it, or where no time has passed what is now. */
  read(now: number): void {
    const { n, inFlight, work, availability, answers, failed, latency, arrivals, balancers } = this
    for (const values of [inFlight, work, availability, answers, failed, latency, arrivals]) values.fill(0)
    for (const balancer of balancers) {
      const meter = balancer.measured()
      const passed = now > meter.since
      this.interval = now - meter.since
      for (let i = 0; i < n; i++) {
        inFlight[i]! += passed ? meter.inFlight(i, now) : balancer.inFlight[i]!
        work[i]! += passed ? meter.work(i, now) : balancer.work[i]!
        availability[i]! += (passed ? meter.available(i, now) : balancer.available[i]!) / balancers.length
        answers[i]! += meter.answers[i]!
        failed[i]! += meter.failures[i]!
        latency[i]! += meter.response[i]!
      }
      for (let c = 0; c < arrivals.length; c++) arrivals[c]! += meter.arrivals[c]!
      meter.restart(now)
    }
    let count = 0
    for (let c = 0; c < arrivals.length; c++) count += arrivals[c]!
    for (let i = 0; i < n; i++) {
      if (answers[i]! > 0) latency[i]! /= answers[i]!
      this.available[i] = this.isAvailable(i) ? 1 : 0
    }
    this.arrivalRate = this.interval > 0 ? count / this.interval : 0
    this.time = now
  }
}

const FIELDS = [
  'time',
  'interval',
  'arrivalRate',
  'weights',
  'available',
  'inFlight',
  'answers',
  'latency',
  'failed',
  'work',
  'availability',
  'arrivals',
] as const
