/**
 * The slots of a balancer whose weights are set interval by interval, every number in [0, 1]: per slot what
 * LoadBalancing-v0 shows of it, as averages over the interval, and its weight; with `full` the hidden truth as well.
 */
import type { Simulation } from '../../src/simulation/index.ts'
import type { PoolMeter } from './pool-meter.ts'
import { lg, sat } from './transforms.ts'

export const SLOT_VALUES = 10
export const FULL_SLOT_VALUES = 14
/** Seconds after which a slot counts as long ready. */
const READY_SCALE = 60

/** Writes them from index `at` on, into zeros. */
export function writeSlots(
  out: Float32Array,
  at: number,
  pool: PoolMeter,
  simulation: Simulation,
  hideSpeed: boolean,
  full: boolean,
): void {
  const { n, cores, speed, demand, balancers } = pool
  const { replicas, services } = simulation.world
  const balancer = balancers[0]!
  const scale = 5 * demand
  const owed = full ? services.backlogs() : undefined
  const { now } = simulation
  let strongest = 0
  for (let i = 0; i < n; i++) strongest = Math.max(strongest, cores[i]! * speed[i]!)
  let next = at
  for (let i = 0; i < n; i++) {
    const power = cores[i]! * speed[i]!
    const r = balancer.spec.replicas[i]!
    out[next] = Math.min(1, pool.availability[i]!)
    out[next + 1] = lg(pool.inFlight[i]!)
    out[next + 2] = hideSpeed ? 0 : power / strongest
    out[next + 3] = sat(Math.max(0, pool.work[i]!) / (hideSpeed ? cores[i]! : power), scale)
    out[next + 4] = sat(pool.latency[i]!, scale)
    out[next + 5] = pool.answers[i]! > 0 ? pool.failed[i]! / pool.answers[i]! : 0
    const reported = balancer.reportedAt[i]!
    if (reported === Number.NEGATIVE_INFINITY) {
      out[next + 7] = 1
    } else {
      out[next + 6] = lg(balancer.reportedLoad[i]!)
      out[next + 7] = sat(now - reported, scale)
    }
    if (pool.available[i] === 1) out[next + 8] = sat(now - replicas.readySince[r]!, READY_SCALE)
    out[next + 9] = Math.min(1, pool.weights[i]!)
    if (owed !== undefined) {
      const now = replicas.speed[r]!
      out[next + 10] = lg(replicas.load[r]!)
      out[next + 11] = lg(replicas.expected[r]!)
      out[next + 12] = sat(owed[r]! / (cores[i]! * now), scale)
      out[next + 13] = Math.min(1, now / speed[i]!)
    }
    next += full ? FULL_SLOT_VALUES : SLOT_VALUES
  }
}
