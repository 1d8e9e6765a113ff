/**
 * What the agent sees at the end of an interval, every number in [0, 1]. Values of the interval are what the metric
 * pipeline has delivered, `metricDelay` old. M is the largest number of replicas.
 */
import { STARTING } from '../../src/model/replicas.ts'
import type { Scaler } from '../../src/model/scaling/scaler.ts'
import { QUEUE_CPU, SERVICE_GAUGES } from '../../src/model/service-gauges.ts'
import { cos, sin } from '../../src/random/math.ts'
import type { Profile, Scenario } from '../../src/scenario/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import { modulationSize, writeModulation } from '../common/modulation.ts'
import { lg, sat } from '../common/transforms.ts'

const OWN = 22
const FULL = 27
const TWO_PI = 6.283185307179586

export class AutoscalingObservation {
  readonly size: number
  private readonly full: boolean
  private readonly clock: boolean
  private readonly slo: number

  constructor(full: boolean, clock: boolean, slo: number, scenario: Scenario) {
    this.size = full ? FULL + modulationSize(scenario) : OWN
    this.full = full
    this.clock = clock
    this.slo = slo
  }

  read(view: Scaler, simulation: Simulation): Float32Array {
    const out = new Float32Array(this.size)
    const most = view.max
    out[0] = view.ready / most
    out[1] = view.starting / most
    out[2] = Math.min(1, view.draining / most)
    out[3] = view.target / most
    const { world } = simulation
    const { firstReplica, slots } = view.spec
    for (let r = firstReplica; r < firstReplica + slots; r++) {
      if (world.replicas.state[r] !== STARTING) continue
      const left = (world.scalers.lifecycle.readyAt[r]! - view.time) / view.startup
      const quarter = 4 + Math.min(3, Math.max(0, Math.floor(4 * left)))
      out[quarter] = out[quarter]! + 1 / most
    }
    view.offered.forEach((offered, i) => {
      out[8 + i] = Math.min(1, offered / (2 * most))
    })
    out[12] = view.utilization
    out[13] = lg(view.waitingPerCore)
    out[14] = lg(view.inFlight)
    out[15] = view.lateFraction
    out[16] = sat(view.p95, this.slo)
    out[17] = view.failedFraction
    const profile = this.profile(simulation)
    const angle = profile === undefined ? 0 : (TWO_PI * view.time) / profile.period + profile.phase
    const periodic = this.clock && profile !== undefined
    out[18] = periodic ? (1 + sin(angle)) / 2 : 0.5
    out[19] = periodic ? (1 + cos(angle)) / 2 : 0.5
    out[20] = sat(view.sinceChange, 300)
    out[21] = sat(view.metricAge, 60)
    if (this.full) {
      out[22] = Math.min(1, view.declaredLoad(view.time) / (2 * most))
      out[23] = Math.min(1, view.declaredLoad(view.time + view.startup) / (2 * most))
      out[24] = profile === undefined ? 0.5 : (1 + sin(angle)) / 2
      out[25] = profile === undefined ? 0.5 : (1 + cos(angle)) / 2
      out[26] = lg(world.services.gauges.value[view.service * SERVICE_GAUGES + QUEUE_CPU]!)
      writeModulation(out, FULL, simulation)
    }
    return out
  }

  private profile(simulation: Simulation): Extract<Profile, { kind: 'diurnal' }> | undefined {
    for (const { profile } of simulation.scenario.workloads) {
      const factors = profile?.kind === 'product' ? profile.factors : [profile]
      const daily = factors.find((factor) => factor?.kind === 'diurnal')
      if (daily !== undefined) return daily
    }
    return undefined
  }
}
