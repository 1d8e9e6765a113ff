import { exp, log } from '../../random/math.ts'
import { GradientLimit } from '../admission/gradient-limit.ts'
import { Params } from '../params.ts'
import { desiredReplicas } from '../scaling/desired-replicas.ts'
import { hpa } from '../scaling/hpa.ts'
import type { JointDecision, JointPolicy, JointView, PolicyDefinition, ScalingPolicy } from '../types.ts'

class JointControl implements JointPolicy {
  private readonly scaler: ScalingPolicy
  private readonly limit: GradientLimit
  private readonly power: number

  constructor(scaler: ScalingPolicy, limit: GradientLimit, power: number) {
    this.scaler = scaler
    this.limit = limit
    this.power = power
  }

  decide({ scaling, pool }: JointView): JointDecision {
    const target = desiredReplicas(this.scaler.decide(scaling, scaling.draws), scaling)
    const { n, cores, speed, inFlight, answers, latency } = pool
    const weights = new Float64Array(n)
    let open = 0
    let count = 0
    let time = 0
    for (let i = 0; i < n; i++) {
      const perCore = inFlight[i]! / (cores[i]! * speed[i]!)
      weights[i] = cores[i]! * speed[i]! * exp(-this.power * log(1 + perCore))
      open += inFlight[i]!
      count += answers[i]!
      time += answers[i]! * latency[i]!
    }
    if (count === 0) return { weights, target, rate: Number.POSITIVE_INFINITY }
    const response = time / count
    this.limit.ended(response, open)
    // By Little's law so many per second keep the limit busy.
    return { weights, target, rate: this.limit.limit / response }
  }

  save(): unknown {
    return { scaler: this.scaler.save(), limit: this.limit.save() }
  }

  load(state: unknown): void {
    const { scaler, limit } = state as { scaler: unknown; limit: unknown }
    this.scaler.load(scaler)
    this.limit.load(limit)
  }
}

/**
 * Least request, HPA and a gradient limit, each on its own, at the pace of the scaler: weights in proportion to cores x
 * speed / (1 + requests in flight per core)^`power`; replicas by Kubernetes' HPA on CPU utilisation `target`; and as many
 * requests per second as keep Netflix's `Gradient2Limit` of the mean response busy.
 */
export const jointControl: PolicyDefinition<JointPolicy> = {
  name: 'joint-control',
  summary: 'Least request, HPA and a gradient limit, each on its own, once per interval.',
  information: 'own',
  defaults: {
    power: 0.5,
    target: 0.7,
    tolerance: 0.1,
    downStabilization: 300,
    latencyTolerance: 2,
    queue: 4,
    smoothing: 0.5,
    minLimit: 4,
    maxLimit: 200,
    window: 60,
  },
  create(params, size) {
    const reader = new Params('joint-control', params, this.defaults)
    const power = reader.number('power', { min: 0 })
    const limit = new GradientLimit({
      initial: reader.number('maxLimit', { min: 1 }),
      min: reader.number('minLimit', { min: 1 }),
      max: reader.number('maxLimit', { min: 1 }),
      queue: reader.number('queue', { min: 0 }),
      smoothing: reader.number('smoothing', { min: 0, max: 1, above: true }),
      tolerance: reader.number('latencyTolerance', { min: 1 }),
      window: reader.number('window', { min: 1 }),
    })
    const scaling = {
      target: reader.fraction('target', { min: 0, above: true }),
      tolerance: reader.fraction('tolerance', { min: 0 }),
      downStabilization: reader.seconds('downStabilization'),
    }
    reader.finish()
    return new JointControl(hpa.create(scaling, size), limit, power)
  },
}
