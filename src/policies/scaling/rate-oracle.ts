import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'

class RateOracle implements ScalingPolicy {
  private readonly beta: number

  constructor(beta: number) {
    this.beta = beta
  }

  decide(view: ScalingView): number {
    // A start takes time and a stop none: what is needed is the most from now until a start at the next look is ready.
    const end = view.time + view.startup + view.interval
    let load = 0
    for (let k = 0; view.time + k * view.interval < end; k++) {
      load = Math.max(load, view.declaredLoad(view.time + k * view.interval))
    }
    load = Math.max(load, view.declaredLoad(end))
    return Math.ceil(load + this.beta * Math.sqrt(load) - 1e-9)
  }

  save(): unknown {
    return null
  }

  load(_state: unknown): void {}
}

/**
 * A bound, not a contender: R + beta sqrt(R) replicas for the greatest offered load R that the scenario declares between
 * now and one interval after a replica asked for now is ready. Closed workloads and traces declare no rate.
 */
export const rateOracle: PolicyDefinition<ScalingPolicy> = {
  name: 'rate-oracle',
  summary: 'Square-root staffing of the declared load at the time when a new replica is ready.',
  information: 'oracle',
  defaults: { beta: 1 },
  create(params) {
    const reader = new Params('rate-oracle', params, this.defaults)
    const beta = reader.number('beta', { min: 0 })
    reader.finish()
    return new RateOracle(beta)
  },
}
