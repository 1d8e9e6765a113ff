/**
 * The Horizontal Pod Autoscaler of Kubernetes, after replica_calculator.go and horizontal.go: a proportional proposal
 * with a tolerance, replicas that are not ready held against scaling up, then the behaviour (stabilisation windows, rate
 * limits).
 */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import {
  BEHAVIOUR_DEFAULTS,
  type BehaviourState,
  readBehaviour,
  ScalingBehaviour,
} from './scaling-behaviour.ts'
import { perReplica, readMetric, readTarget, type ScalingMetric } from './scaling-metric.ts'
import { EPSILON } from './scaling-rules.ts'

type Options = {
  readonly metric: ScalingMetric
  readonly target: number
  readonly tolerance: number
  /** Seconds after a start for which a replica's first, incomplete sample is not trusted. */
  readonly cpuInitialization: number
}

class Hpa implements ScalingPolicy {
  private readonly options: Options
  private readonly behaviour: ScalingBehaviour

  constructor(options: Options, behaviour: ScalingBehaviour) {
    this.options = options
    this.behaviour = behaviour
  }

  decide(view: ScalingView): number {
    return this.behaviour.apply(this.propose(view), view)
  }

  private propose(view: ScalingView): number {
    const { metric, target, cpuInitialization } = this.options
    // Ignored: what starts, and on CPU what became ready after its sample began.
    const fresh = metric === 'cpu' && cpuInitialization > 0 ? view.readyWithin(cpuInitialization) : 0
    const ready = view.ready - fresh
    const ignored = view.starting + fresh
    // Without a ready replica there is no metric, and without a metric no change.
    if (ready <= 0) return view.target
    const ratio = perReplica(metric, view) / target
    if (ignored === 0 || ratio <= 1) {
      return this.tolerable(ratio) ? view.target : Math.ceil(ratio * ready - EPSILON)
    }
    // Ignored replicas count as idle against a scale-up.
    const counted = ready + ignored
    const damped = (ratio * ready) / counted
    if (this.tolerable(damped) || damped < 1) return view.target
    return Math.max(view.target, Math.ceil(damped * counted - EPSILON))
  }

  private tolerable(ratio: number): boolean {
    return Math.abs(1 - ratio) <= this.options.tolerance + EPSILON
  }

  save(): BehaviourState {
    return this.behaviour.save()
  }

  load(state: unknown): void {
    this.behaviour.load(state as BehaviourState)
  }
}

/**
 * `metric`: `cpu` (utilisation; `target` a fraction, Kubernetes takes 80 %), `rps` or `concurrency` (per replica).
 * `tolerance` around the target; windows in seconds; `behaviour: { up, down }` with
 * `{ select: max | min | disabled, policies: [{ pods | percent, period }] }`. `cpuInitialization` (default 0; 300 s in
 * Kubernetes): a replica younger than this whose metrics do not cover a whole interval counts as idle against scaling
 * up. `readinessDelay` has nothing to act on here: a replica that has been ready is never not ready again.
 */
export const hpa: PolicyDefinition<ScalingPolicy> = {
  name: 'hpa',
  summary:
    'The Horizontal Pod Autoscaler of Kubernetes on CPU utilisation, requests per second or concurrency.',
  information: 'own',
  defaults: { metric: 'cpu', target: 0.8, tolerance: 0.1, cpuInitialization: 0, ...BEHAVIOUR_DEFAULTS },
  create(params) {
    const reader = new Params('hpa', params, this.defaults)
    const metric = readMetric(reader)
    const options: Options = {
      metric,
      target: readTarget(reader, metric),
      tolerance: reader.fraction('tolerance', { min: 0 }),
      cpuInitialization: reader.seconds('cpuInitialization'),
    }
    const behaviour = readBehaviour(reader)
    reader.finish()
    return new Hpa(options, new ScalingBehaviour(behaviour))
  },
}
