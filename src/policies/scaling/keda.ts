/** KEDA's scaler on a queue or a rate: an HPA on an average value, whose metric can fail. */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy } from '../types.ts'
import { DEFAULT_DOWN, DEFAULT_UP, Hpa } from './hpa.ts'

/**
 * `threshold` per replica of `metric`: `concurrency` (requests in the service) or `rate` (arrivals per second). From
 * one replica on KEDA leaves scaling to the HPA that it makes (AverageValue = threshold); since a scaler here has at
 * least one replica, its activation from zero and cooldown to zero have nothing to do. KEDA polls every 30 s.
 */
export const keda: PolicyDefinition<ScalingPolicy> = {
  name: 'keda',
  summary: 'KEDA: so many requests in the service, or per second, for each replica.',
  information: 'own',
  defaults: { metric: 'concurrency', threshold: 10, downStabilization: 300 },
  create(params) {
    const reader = new Params('keda', params, this.defaults)
    const metric = reader.choice('metric', ['concurrency', 'rate'] as const)
    const target = reader.number('threshold', { min: 0, above: true })
    const downStabilization = reader.seconds('downStabilization')
    reader.finish()
    const windows = { upStabilization: 0, downStabilization, up: DEFAULT_UP, down: DEFAULT_DOWN }
    return new Hpa({ metric, target, tolerance: 0.1, ...windows })
  },
}
