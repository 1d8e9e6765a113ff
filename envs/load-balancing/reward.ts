/**
 * The cost of a step, divided by the reward unit S: the time that requests spent without outcome, and what failures
 * are charged. By Little's law the mean reward per decision of Poisson arrivals tends to -W / S, W the mean
 * response time. A failure costs exactly D from its intended send on, so that failing never pays.
 */
import { FLOAT_ZERO } from '../../src/engine/typed.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import type { OfferedLoad } from '../common/load.ts'
import { ofClasses } from '../common/options.ts'
import type { LoadBalancingInfo } from './info.ts'

/** Totals up to the last decision. */
type RewardState = readonly [requestSeconds: number, failureCharge: number, lateCount: number]

/** Of a late request, in reward units, where the reward is `slo`. */
const LATE_PRICE = 10

export class LoadBalancingReward {
  private readonly simulation: Simulation
  private readonly unit: number
  private readonly late: boolean
  private requestSeconds: number = FLOAT_ZERO
  private failureCharge: number = FLOAT_ZERO
  private lateCount = 0
  /** Of the last step. */
  private stepSeconds: number = FLOAT_ZERO
  private stepCharge: number = FLOAT_ZERO
  private stepLate = 0

  constructor(
    simulation: Simulation,
    options: { readonly reward: 'response' | 'slo'; readonly classWeights: Readonly<Record<string, number>> },
    load: OfferedLoad,
    failureCosts: readonly number[],
  ) {
    this.simulation = simulation
    this.unit = load.demand
    this.late = options.reward === 'slo'
    const { requests, compiled } = simulation.world
    requests.failureCost.set(failureCosts)
    const names = compiled.classes.map(({ name }) => name)
    requests.weigh(ofClasses('classWeights', options.classWeights, names).map((weight) => weight ?? 1))
  }

  /** What happened so far does not count. */
  start(): void {
    const { requests } = this.simulation.world
    this.requestSeconds = requests.openSeconds(this.simulation.now)
    this.failureCharge = requests.failureCharge
    this.lateCount = requests.late
    this.stepSeconds = 0
    this.stepCharge = 0
    this.stepLate = 0
  }

  /** Raw terms of the last step. */
  get terms(): LoadBalancingInfo['terms'] {
    const { stepSeconds: requestSeconds, stepCharge: failureCharge, stepLate: late } = this
    return { requestSeconds, failureCharge, replicaSeconds: 0, late }
  }

  save(): RewardState {
    return [this.requestSeconds, this.failureCharge, this.lateCount]
  }

  load(state: RewardState): void {
    ;[this.requestSeconds, this.failureCharge, this.lateCount] = state
  }

  step(): number {
    const { requests } = this.simulation.world
    const total = requests.openSeconds(this.simulation.now)
    const requestSeconds = total - this.requestSeconds
    const failureCharge = requests.failureCharge - this.failureCharge
    const late = requests.late - this.lateCount
    this.requestSeconds = total
    this.failureCharge = requests.failureCharge
    this.lateCount = requests.late
    this.stepSeconds = requestSeconds
    this.stepCharge = failureCharge
    this.stepLate = late
    return this.late ? -LATE_PRICE * late : -(requestSeconds + failureCharge) / this.unit
  }
}
