/**
 * The cost of an interval: paid replica-seconds P (starting, ready and draining) and the price kappa of each request
 * that became late in it, V (its age passed the SLO while open, or it failed; each once, at that instant):
 * r = -(P + kappa V + ramp cost x starts) / (interval x n_ref), n_ref the mean offered load in replicas.
 */
import { FLOAT_ZERO } from '../../src/engine/typed.ts'
import type { Scaler } from '../../src/model/scaling/scaler.ts'
import { PAID_REPLICAS, SERVICE_GAUGES } from '../../src/model/service-gauges.ts'
import type { Simulation } from '../../src/simulation/index.ts'

export type AutoscalingTerms = {
  readonly requestSeconds: number
  readonly failureCharge: number
  readonly replicaSeconds: number
  readonly late: number
}

/** Totals up to the last decision. */
type RewardState = readonly [paid: number, late: number, requestSeconds: number, starts: number]

export class AutoscalingReward {
  /** Raw terms of the last step. */
  terms: AutoscalingTerms = { requestSeconds: 0, failureCharge: 0, replicaSeconds: 0, late: 0 }
  /** What one unit of reward is, replica-seconds. */
  readonly unit: number
  private readonly simulation: Simulation
  private readonly scaler: Scaler
  private readonly kappa: number
  private readonly rampCost: number
  private paid: number = FLOAT_ZERO
  private late = 0
  private requestSeconds: number = FLOAT_ZERO
  private starts = 0

  constructor(simulation: Simulation, scaler: Scaler, unit: number, kappa: number, rampCost: number) {
    this.simulation = simulation
    this.scaler = scaler
    this.unit = unit
    this.kappa = kappa
    this.rampCost = rampCost
  }

  /** What happened so far does not count. */
  start(): void {
    this.step()
    this.terms = { requestSeconds: 0, failureCharge: 0, replicaSeconds: 0, late: 0 }
  }

  save(): RewardState {
    return [this.paid, this.late, this.requestSeconds, this.starts]
  }

  load(state: RewardState): void {
    ;[this.paid, this.late, this.requestSeconds, this.starts] = state
  }

  step(): number {
    const { requests, services } = this.simulation.world
    const { now } = this.simulation
    const paid = services.gauges.total(this.scaler.service * SERVICE_GAUGES + PAID_REPLICAS, now)
    const requestSeconds = requests.open.total(0, now)
    const { starts } = this.scaler
    this.terms = {
      requestSeconds: requestSeconds - this.requestSeconds,
      failureCharge: 0,
      replicaSeconds: paid - this.paid,
      late: requests.late - this.late,
    }
    const ramp = this.rampCost * (starts - this.starts)
    this.paid = paid
    this.late = requests.late
    this.requestSeconds = requestSeconds
    this.starts = starts
    return -(this.terms.replicaSeconds + this.kappa * this.terms.late + ramp) / this.unit
  }
}
