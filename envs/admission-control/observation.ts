/**
 * What the agent sees of a request that arrives and of the replica that it arrives at, every number in [0, 1]: 8 values,
 * then the request's level of priority, one-hot.
 */
import type { AdmissionView } from '../../src/policies/types.ts'
import { Rows } from '../common/rows.ts'
import { lg, sat } from '../common/transforms.ts'

const SHARED = 8

export class AdmissionObservation {
  readonly size: number
  private readonly demand: number
  private readonly rows: Rows

  /** `demand`: S, the mean nominal demand of a request in seconds. */
  constructor(levels: number, demand: number) {
    this.size = SHARED + levels
    this.demand = demand
    this.rows = Rows.of(this.size)
  }

  /** `decision` false: the run has ended and nothing is to be admitted, what is seen is the service without traffic. */
  read(view: AdmissionView, decision: boolean): Float32Array {
    const out = this.rows.next()
    if (!decision) return out
    const { demand } = this
    out[0] = lg(view.waiting)
    out[1] = lg(view.inFlight)
    out[2] = Math.min(1, view.busy / view.cores)
    out[3] = sat(view.oldestWait, 5 * demand)
    out[4] = sat(view.demand, demand)
    const left = view.timeToDeadline
    out[5] = left === Number.POSITIVE_INFINITY ? 1 : sat(left, 5 * demand)
    const capacity = view.readyCapacity / demand
    out[6] = capacity > 0 ? sat(view.arrivalRate, capacity) : 1
    out[7] = view.tokens
    out[SHARED + view.level] = 1
    return out
  }
}
