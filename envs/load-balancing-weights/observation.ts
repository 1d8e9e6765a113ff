/**
 * What the agent sees at the end of an interval: 4 + C values of the traffic in it (C classes), phases with `view: full`,
 * then the slots.
 */
import type { SlotLayout } from '../../src/gym/index.ts'
import type { Balancer } from '../../src/model/balancing/balancer.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import { modulationSize, writeModulation } from '../common/modulation.ts'
import type { PoolMeter } from '../common/pool-meter.ts'
import { FULL_SLOT_VALUES, SLOT_VALUES, writeSlots } from '../common/slot-observation.ts'
import { lg, sat } from '../common/transforms.ts'

export class LoadBalancingWeightsObservation {
  readonly size: number
  readonly layout: SlotLayout
  readonly slots: number
  private readonly balancer: Balancer
  readonly classes: number
  /** Values of the modulating phase; 0 where it is not seen. */
  readonly phases: number
  private readonly demand: number
  private readonly full: boolean
  private readonly hideSpeed: boolean
  private readonly capacity: number

  /** `balancer`: of any run of the scenario; `demand`: S, the mean nominal demand of a request in seconds. */
  constructor(
    balancer: Balancer,
    classes: number,
    demand: number,
    full: boolean,
    hideSpeed: boolean,
    scenario: Scenario,
  ) {
    this.balancer = balancer
    this.classes = classes
    this.demand = demand
    this.full = full
    this.hideSpeed = hideSpeed
    const { n, cores, speed } = balancer
    this.capacity = cores.reduce((sum, count, i) => sum + count * speed[i]!, 0) / demand
    this.slots = n
    this.phases = full ? modulationSize(scenario) : 0
    this.layout = {
      shared: 4 + classes + this.phases,
      each: full ? FULL_SLOT_VALUES : SLOT_VALUES,
    }
    this.size = this.layout.shared + n * this.layout.each
  }

  read(pool: PoolMeter, simulation: Simulation): Float32Array {
    const { demand, classes } = this
    const { classDemand } = this.balancer.spec
    const out = new Float32Array(this.size)
    let inFlight = 0
    for (let i = 0; i < pool.n; i++) inFlight += pool.inFlight[i]!
    let count = 0
    let asked = 0
    for (let c = 0; c < classes; c++) {
      const arrived = pool.arrivals[c]!
      count += arrived
      if (arrived > 0) asked += arrived * classDemand[c]!
    }
    out[0] = sat(pool.arrivalRate, this.capacity)
    out[1] = lg(inFlight)
    out[2] = sat(pool.interval, demand)
    if (count > 0) {
      out[3] = sat(asked / count, demand)
      for (let c = 0; c < classes; c++) out[4 + c] = pool.arrivals[c]! / count
    }
    if (this.full) writeModulation(out, 4 + classes, simulation)
    writeSlots(out, this.layout.shared, pool, simulation, this.hideSpeed, this.full)
    return out
  }
}
