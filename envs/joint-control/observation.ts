/** What the agent sees: the observation of Autoscaling-v0, the gate, and the slots as in LoadBalancingWeights-v0. */
import type { Simulation } from '../../src/simulation/index.ts'
import type { PoolMeter } from '../common/pool-meter.ts'
import { FULL_SLOT_VALUES, SLOT_VALUES, writeSlots } from '../common/slot-observation.ts'

const GATE_VALUES = 2

export class JointControlObservation {
  readonly size: number
  private readonly scalingSize: number
  private readonly full: boolean

  /** `scalingSize`: of Autoscaling-v0's observation; `slots`: of the service. */
  constructor(scalingSize: number, slots: number, full: boolean) {
    this.scalingSize = scalingSize
    this.full = full
    this.size = scalingSize + GATE_VALUES + slots * (full ? FULL_SLOT_VALUES : SLOT_VALUES)
  }

  /** `admit`: the action that is in force at the gate; `shedShare`: what it turned away. */
  read(
    scaling: Float32Array,
    admit: number,
    shedShare: number,
    pool: PoolMeter,
    simulation: Simulation,
  ): Float32Array {
    const out = new Float32Array(this.size)
    out.set(scaling)
    out[this.scalingSize] = admit
    out[this.scalingSize + 1] = shedShare
    writeSlots(out, this.scalingSize + GATE_VALUES, pool, simulation, false, this.full)
    return out
  }
}
