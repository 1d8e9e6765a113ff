import { exp, log } from '../../random/math.ts'
import { Params } from '../params.ts'
import type { PolicyDefinition, WeightsPolicy, WeightsView } from '../types.ts'

class InverseLatency implements WeightsPolicy {
  private readonly smoothing: number
  private readonly power: number
  /** Smoothed latencies, seconds; 0 before the first answer. */
  private readonly latency: Float64Array

  constructor(smoothing: number, power: number, size: number) {
    this.smoothing = smoothing
    this.power = power
    this.latency = new Float64Array(size)
  }

  decide(view: WeightsView): ArrayLike<number> {
    const { latency, smoothing, power } = this
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < view.n; i++) {
      if (view.answers[i]! > 0) {
        const known = latency[i]!
        latency[i] = known === 0 ? view.latency[i]! : known + smoothing * (view.latency[i]! - known)
      }
      if (latency[i]! > 0) least = Math.min(least, latency[i]!)
    }
    // A slot that has not answered yet is tried like the best.
    return latency.map((x) => (x === 0 ? 1 : exp(power * log(least / x))))
  }

  save(): unknown {
    return Array.from(this.latency)
  }

  load(state: unknown): void {
    this.latency.set(state as number[])
  }
}

/** In proportion to 1 / latency^power, the latencies averaged over intervals with the factor `smoothing`. */
export const inverseLatency: PolicyDefinition<WeightsPolicy> = {
  name: 'inverse-latency',
  summary: 'In proportion to 1 / latency of each replica, smoothed.',
  information: 'weights',
  defaults: { smoothing: 0.2, power: 1 },
  create(params, size) {
    const reader = new Params('inverse-latency', params, this.defaults)
    const smoothing = reader.number('smoothing', { min: 0, max: 1, above: true })
    const power = reader.number('power', { min: 0 })
    reader.finish()
    return new InverseLatency(smoothing, power, size)
  },
}
