/**
 * What the agent sees at a decision of a balancer, every number in [0, 1]. G = 4 + C values of the balancer and of
 * the request (C classes), then per slot 9 values that a real balancer has, or 13 with `view: full`.
 */
import type { SlotLayout } from '../../src/gym/index.ts'
import { type Balancer, EWMA_TIME } from '../../src/model/balancing/balancer.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import { decay } from '../common/decay.ts'
import { modulationSize, writeModulation } from '../common/modulation.ts'
import { Rows } from '../common/rows.ts'
import { lg, sat } from '../common/transforms.ts'

const OWN = 9
const FULL = 13
/** Seconds after which a slot counts as long ready. */
const READY_SCALE = 60

export class LoadBalancingObservation {
  readonly size: number
  readonly layout: SlotLayout
  private readonly demand: number
  private readonly full: boolean
  readonly classes: number
  readonly slots: number
  /** Of the modulating chains. */
  readonly phases: number
  /** Per balancer: requests per second that its slots can serve, declared speed x cores, the same over the largest. */
  private readonly capacity: readonly number[]
  /**
   * Per balancer, of its slots: the speed over the largest, then the work at which each counts as half full, as many
   * seconds of all its cores as times are scaled with.
   */
  private readonly traits: readonly Float64Array[]
  private readonly rows: Rows

  /** `demand`: S, the mean nominal demand of a request in seconds. */
  constructor(
    balancers: readonly Balancer[],
    classes: number,
    demand: number,
    full: boolean,
    hideSpeed: boolean,
    scenario: Scenario,
  ) {
    this.demand = demand
    this.full = full
    this.classes = classes
    this.slots = balancers[0]!.n
    this.phases = full ? modulationSize(scenario) : 0
    this.layout = { shared: 4 + classes + this.phases, each: full ? FULL : OWN }
    this.size = this.layout.shared + this.slots * this.layout.each
    const powers = balancers.map(({ n, cores, speed }) =>
      Float64Array.from({ length: n }, (_, i) => cores[i]! * (hideSpeed ? 1 : speed[i]!)),
    )
    this.traits = powers.map((power) => {
      const ratio = power.map((value) => (hideSpeed ? 0 : value / Math.max(...power)))
      return Float64Array.of(...ratio, ...power.map((value) => 5 * demand * value))
    })
    this.rows = Rows.of(this.size)
    this.capacity = balancers.map(
      ({ cores, speed }) => cores.reduce((sum, count, i) => sum + count * speed[i]!, 0) / demand,
    )
  }

  /** `decision` false: the run has ended and no request is to be routed. `index`: of the balancer among those given. */
  read(view: Balancer, index: number, simulation: Simulation, decision: boolean): Float32Array {
    const { demand, slots, full } = this
    const { shared, each } = this.layout
    const out = this.rows.next()
    const scale = 5 * demand
    out[0] = sat(view.arrivalRate, this.capacity[index]!)
    out[1] = lg(view.inFlightTotal)
    out[2] = sat(view.sinceDecision, demand)
    if (decision) {
      out[3] = sat(view.demand, demand)
      out[4 + view.requestClass] = 1
    }
    const traits = this.traits[index]!
    const { time, available, inFlight, seen, reporting } = view
    const { readySince } = simulation.world.replicas
    const { replicas } = view.spec
    // Most slots have been ready for equally long.
    let since = Number.NEGATIVE_INFINITY
    let ready = 1
    for (let i = 0; i < slots; i++) {
      const at = shared + i * each
      if (available[i] === 1) {
        const readyAt = readySince[replicas[i]!]!
        if (readyAt !== since) {
          since = readyAt
          ready = sat(time - since, READY_SCALE)
        }
        out[at] = 1
        out[at + 8] = ready
      }
      out[at + 1] = lg(inFlight[i]!)
      out[at + 2] = traits[i]!
      if (!reporting) out[at + 7] = 1
      const owed = seen[i]!
      if (owed > 0) out[at + 3] = sat(owed, traits[slots + i]!)
      const response = seen[i + slots]!
      const failures = seen[i + 2 * slots]!
      // A refusal may take no time at all.
      if (response > 0 || failures > 0) {
        const keep = decay((time - seen[i + 3 * slots]!) / EWMA_TIME)
        out[at + 4] = sat(response * keep, scale)
        out[at + 5] = failures * keep
      }
    }
    if (reporting) this.writeReports(out, view)
    if (full) this.writeTruth(out, view, simulation)
    return out
  }

  /** What the replicas have last said of themselves. */
  private writeReports(out: Float32Array, view: Balancer): void {
    const { shared, each } = this.layout
    const { time, reportedAt, reportedLoad } = view
    for (let i = 0; i < this.slots; i++) {
      const at = shared + i * each
      const reported = reportedAt[i]!
      if (reported === Number.NEGATIVE_INFINITY) {
        out[at + 7] = 1
      } else {
        out[at + 6] = lg(reportedLoad[i]!)
        out[at + 7] = sat(time - reported, 5 * this.demand)
      }
    }
  }

  /** What no balancer sees. */
  private writeTruth(out: Float32Array, view: Balancer, simulation: Simulation): void {
    const { replicas, services } = simulation.world
    const owed = services.backlogs()
    writeModulation(out, 4 + this.classes, simulation)
    view.spec.replicas.forEach((r, i) => {
      const at = this.layout.shared + i * this.layout.each + OWN
      const speed = replicas.speed[r]!
      out[at] = lg(replicas.load[r]!)
      out[at + 1] = lg(replicas.expected[r]!)
      out[at + 2] = sat(owed[r]! / (view.cores[i]! * speed), 5 * this.demand)
      out[at + 3] = Math.min(1, speed / view.speed[i]!)
    })
  }
}
