/**
 * What admitted and shed requests earn: +v when an admitted one is answered in time, -v at the instant when it becomes
 * late or fails, -d at once when it is shed; minus the holding cost of the requests that are in the service. So a request
 * that is let in and left without answer costs as much as an answer is worth, and shedding is never free.
 */
import { FLOAT_ZERO } from '../../src/engine/typed.ts'
import type { Gate } from '../../src/model/gate.ts'
import type { RequestRecord } from '../../src/model/requests.ts'
import { LOAD, SERVICE_GAUGES } from '../../src/model/service-gauges.ts'
import type { Simulation } from '../../src/simulation/index.ts'

/** A request's share of a reward: number of the decision that it is due to, from 0, and how much. */
export type Credit = readonly [decision: number, reward: number]

/** An admitted request without outcome. `paid`: it is late, and has been charged for that. */
type Open = { decision: number; readonly value: number; paid: boolean }

export type AdmissionTerms = {
  /** Time that clients' requests spent without outcome in the step, seconds. */
  readonly requestSeconds: number
  readonly failureCharge: number
  readonly replicaSeconds: number
  /** Requests that became late or failed. */
  readonly late: number
  /** Time that admitted requests spent in the service, seconds. */
  readonly serviceSeconds: number
}

export class AdmissionReward {
  terms: AdmissionTerms = NOTHING
  /** Of the last step, in the order in which they fell due. */
  credits: Credit[] = []
  private readonly simulation: Simulation
  private readonly gate: Gate
  /** By class. */
  private readonly values: readonly number[]
  private readonly shedCost: number
  private readonly holdingCost: number
  private readonly open: Map<number, Open> = new Map()
  private readonly workloads: readonly string[]
  private pending: Credit[] = []
  private requestSeconds: number = FLOAT_ZERO
  private late = 0
  private serviceSeconds: number = FLOAT_ZERO

  /** `values`: v of each class; `shedCost`: d over v; `holdingCost`: per request and second in the service. */
  constructor(
    simulation: Simulation,
    gate: Gate,
    values: readonly number[],
    shedCost: number,
    holdingCost: number,
  ) {
    this.simulation = simulation
    this.gate = gate
    this.values = values
    this.shedCost = shedCost
    this.holdingCost = holdingCost
    this.workloads = simulation.scenario.workloads.map(({ name }) => name)
    const { requests } = simulation.world
    requests.onLate = (workload, number) => this.becameLate(workload, number)
    requests.listener = (record) => this.ended(record)
  }

  /** What happened so far does not count: requests that were let in before are nobody's. */
  start(): void {
    this.open.clear()
    this.pending = []
    this.step()
    this.terms = NOTHING
  }

  /** Decision number `decision` is about to be taken. */
  decided(decision: number, admit: boolean): void {
    const { gate } = this
    const value = this.values[gate.requestClass]!
    if (!admit) {
      this.pending.push([decision, -this.shedCost * value])
      return
    }
    const row = gate.request
    if (row < 0) {
      this.pending.push([decision, -value])
      return
    }
    const { legs, compiled } = this.simulation.world
    const key = this.keyOf(compiled.classes[gate.requestClass]!.workload, legs.number[row]!)
    const known = this.open.get(key)
    if (known !== undefined) {
      // A later attempt of a request that was let in before: one request, one value.
      known.decision = decision
      return
    }
    const paid = this.isLate(row)
    this.open.set(key, { decision, value, paid })
    if (paid) this.pending.push([decision, -value])
  }

  step(): number {
    const { requests, services } = this.simulation.world
    const { now } = this.simulation
    const requestSeconds = requests.open.total(0, now)
    const serviceSeconds = services.gauges.total(this.gate.service * SERVICE_GAUGES + LOAD, now)
    this.terms = {
      requestSeconds: requestSeconds - this.requestSeconds,
      failureCharge: 0,
      replicaSeconds: 0,
      late: requests.late - this.late,
      serviceSeconds: serviceSeconds - this.serviceSeconds,
    }
    this.requestSeconds = requestSeconds
    this.late = requests.late
    this.serviceSeconds = serviceSeconds
    this.credits = this.pending
    this.pending = []
    let sum = -this.holdingCost * this.terms.serviceSeconds
    for (const [, reward] of this.credits) sum += reward
    return sum
  }

  private isLate(row: number): boolean {
    const { requests, legs } = this.simulation.world
    return this.simulation.now - legs.start[row]! > requests.lateAfter
  }

  private ended({ workload, number, outcome }: RequestRecord): void {
    const key = this.keyOf(this.workloads.indexOf(workload), number)
    const open = this.open.get(key)
    if (open === undefined) return
    this.open.delete(key)
    if (outcome === 'ok' && !open.paid) this.pending.push([open.decision, open.value])
  }

  private becameLate(workload: number, number: number): void {
    const open = this.open.get(this.keyOf(workload, number))
    if (open === undefined || open.paid) return
    open.paid = true
    this.pending.push([open.decision, -open.value])
  }

  private keyOf(workload: number, number: number): number {
    return number * this.workloads.length + workload
  }

  save(): unknown {
    const { requestSeconds, late, serviceSeconds } = this
    const totals = { requestSeconds, late, serviceSeconds }
    return {
      totals,
      pending: this.pending,
      open: [...this.open].map(([key, { decision, value, paid }]) => [key, decision, value, paid]),
    }
  }

  load(state: unknown): void {
    const from = state as { totals: object; pending: Credit[]; open: [number, number, number, boolean][] }
    Object.assign(this, from.totals)
    this.pending = [...from.pending]
    this.open.clear()
    for (const [key, decision, value, paid] of from.open) this.open.set(key, { decision, value, paid })
  }
}

const NOTHING: AdmissionTerms = Object.freeze({
  requestSeconds: 0,
  failureCharge: 0,
  replicaSeconds: 0,
  late: 0,
  serviceSeconds: 0,
})
