/**
 * KEDA: the HPA that it creates on a metric with AverageValue = `threshold`, polled every 30 s (give that as the scaler's
 * `interval`), and its own part, activation: without any activity for the cooldown it asks for no replica at all.
 * https://keda.sh/docs/latest/concepts/scaling-deployments
 */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import {
  BEHAVIOUR_DEFAULTS,
  type BehaviourState,
  readBehaviour,
  ScalingBehaviour,
} from './scaling-behaviour.ts'
import { readMetric, readTarget, type ScalingMetric, total } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'

type Options = {
  readonly metric: ScalingMetric
  readonly threshold: number
  readonly activation: number
  readonly cooldown: number
  readonly tolerance: number
}

type State = { readonly activeAt: number; readonly behaviour: BehaviourState }

class Keda implements ScalingPolicy {
  private readonly options: Options
  private readonly behaviour: ScalingBehaviour
  /** When the metric was last above the activation threshold. */
  private activeAt = 0

  constructor(options: Options, behaviour: ScalingBehaviour) {
    this.options = options
    this.behaviour = behaviour
  }

  decide(view: ScalingView): number {
    const { metric, threshold, activation, cooldown, tolerance } = this.options
    const value = total(metric, view)
    const active = value > activation
    if (active) this.activeAt = view.time
    else if (view.time - this.activeAt >= cooldown - EPSILON) return 0
    // From none to one is KEDA's; the rest is left to the HPA.
    if (view.target === 0) return active ? 1 : 0
    const ratio = value / (threshold * view.target)
    const steady = Math.abs(1 - ratio) <= tolerance + EPSILON
    return this.behaviour.apply(steady ? view.target : Math.ceil(value / threshold - EPSILON), view)
  }

  save(): State {
    return { activeAt: this.activeAt, behaviour: this.behaviour.save() }
  }

  load(state: unknown): void {
    const { activeAt, behaviour } = state as State
    this.activeAt = activeAt
    this.behaviour.load(behaviour)
  }
}

/**
 * `threshold`: the metric per replica (requests per second, or requests in the service). `activation`: the total above
 * which there is activity (0). `cooldown`: seconds without activity after which it asks for none (300; a scaler with a
 * `min` keeps that many). The rest is the HPA's.
 */
export const keda: PolicyDefinition<ScalingPolicy> = {
  name: 'keda',
  summary: 'KEDA: an HPA on the average value of a metric, and none after a time without activity.',
  information: 'own',
  defaults: {
    metric: 'concurrency',
    threshold: 5,
    activation: 0,
    cooldown: 300,
    tolerance: 0.1,
    ...BEHAVIOUR_DEFAULTS,
  },
  create(params) {
    const reader = new Params('keda', params, this.defaults)
    const metric = readMetric(reader, ['rps', 'concurrency'])
    const options: Options = {
      metric,
      threshold: readTarget(reader, metric, 'threshold'),
      activation: reader.number('activation', { min: 0 }),
      cooldown: reader.seconds('cooldown'),
      tolerance: reader.fraction('tolerance', { min: 0 }),
    }
    const behaviour = readBehaviour(reader)
    reader.finish()
    return new Keda(options, new ScalingBehaviour(behaviour))
  },
}
