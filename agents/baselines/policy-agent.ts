/**
 * A policy of the simulator as an agent: it decides from `info.view`, the very view that it has inside the simulator,
 * so that both places give the same bytes.
 */
import { SimError } from '../../src/errors.ts'
import type { Info } from '../../src/gym/env.ts'
import type { Space } from '../../src/gym/spaces/space.ts'
import { admissionPolicies } from '../../src/policies/admission-control/index.ts'
import { balancingPolicies } from '../../src/policies/balancing/index.ts'
import { jointPolicies } from '../../src/policies/joint/index.ts'
import { desiredReplicas } from '../../src/policies/scaling/desired-replicas.ts'
import { scalingPolicies } from '../../src/policies/scaling/index.ts'
import type {
  AdmissionPolicy,
  AdmissionView,
  BalancerView,
  BalancingPolicy,
  JointPolicy,
  JointView,
  PolicyDefinition,
  PolicyParams,
  ScalingPolicy,
  ScalingView,
  WeightsPolicy,
  WeightsView,
} from '../../src/policies/types.ts'
import { weightingPolicies } from '../../src/policies/weighting/index.ts'
import { log } from '../../src/random/math.ts'
import type { Agent } from '../agent.ts'
import { decodeCheckpointOf, encodeCheckpoint } from '../checkpoint.ts'

/** How a kind of policy finds its view and turns a decision into an action. */
type Kind<V, P> = {
  readonly definitions: ReadonlyMap<string, PolicyDefinition<P>>
  readonly missing: string
  fits(view: object): boolean
  size(view: V): number
  act(policy: P, view: V, info: Info): unknown
}

const balancing: Kind<BalancerView, BalancingPolicy> = {
  definitions: balancingPolicies,
  missing:
    'the view of a balancer (info.view). Use an environment that decides for a balancer, such as LoadBalancing-v0',
  fits: (view) => 'minIndex' in view,
  size: (view) => view.n,
  act: (policy, view) => {
    if (policy.uses !== undefined) view.attach(policy)
    return policy.decide(view, view.draws)
  },
}

const scaling: Kind<ScalingView, ScalingPolicy> = {
  definitions: scalingPolicies,
  missing:
    'the view of a scaler (info.view). Use an environment that decides for a scaler, such as Autoscaling-v0',
  fits: (view) => 'target' in view,
  size: (view) => view.max,
  // Action a changes the target by a - k, of 2 k + 1; where k is less than max - min, a change may have to be cut.
  act: (policy, view, { actionMask }) => {
    const actions = (actionMask as ArrayLike<number> | undefined)?.length
    const k = actions === undefined ? view.max - view.min : (actions - 1) / 2
    const change = desiredReplicas(policy.decide(view, view.draws), view) - view.target
    return Math.min(k, Math.max(-k, change)) + k
  },
}

const admission: Kind<AdmissionView, AdmissionPolicy> = {
  definitions: admissionPolicies,
  missing:
    'the view of an admission controller (info.view). Use an environment that admits requests, such as AdmissionControl-v0',
  fits: (view) => 'timeToDeadline' in view,
  size: (view) => view.levels,
  act: (policy, view) => (policy.decide(view, view.draws) ? 1 : 0),
}

const weights: Kind<WeightsView, WeightsPolicy> = {
  definitions: weightingPolicies,
  missing:
    'the view of a pool whose weights are set (info.view). Use an environment that does so, such as LoadBalancingWeights-v0',
  fits: (view) => 'weights' in view,
  size: (view) => view.n,
  act: (policy, view) => {
    return normalised(policy.decide(view, view.draws), view.n)
  },
}

const joint: Kind<JointView, JointPolicy> = {
  definitions: jointPolicies,
  missing:
    'the view of all three controls (info.view). Use an environment that balances, scales and admits, such as JointControl-v0',
  fits: (view) => 'pool' in view,
  size: ({ scaling }) => scaling.max,
  // The action of JointControl-v0: weights, change of the target, and the rate from 0.1 to 2 x capacity, log scale.
  act: (policy, view, { actionMask }) => {
    const { weights: wanted, target, rate } = policy.decide(view, view.draws)
    const { scaling, capacity } = view
    const actions = (actionMask as { replicas: ArrayLike<number> } | undefined)?.replicas.length
    const k = actions === undefined ? scaling.max - scaling.min : (actions - 1) / 2
    const change = Math.min(k, Math.max(-k, target - scaling.target))
    const admit = log(Math.min(2, Math.max(0.1, rate / capacity)) / 0.1) / log(20)
    return {
      weights: normalised(wanted, view.pool.n),
      replicas: change + k,
      admit: Float32Array.of(Math.min(1, Math.max(0, admit))),
    }
  },
}

/** With 1 for the largest. */
function normalised(weights: ArrayLike<number>, n: number): Float32Array {
  let most = 0
  for (let i = 0; i < n; i++) most = Math.max(most, weights[i]!)
  return Float32Array.from(weights, (weight) => weight / most)
}

/** For environments whose action is the target itself: -1 for min, 1 for max. */
const continuousScaling: typeof scaling = {
  ...scaling,
  act: (policy, view) => {
    const { min, max } = view
    const target = desiredReplicas(policy.decide(view, view.draws), view)
    return Float32Array.of(max > min ? (2 * (target - min)) / (max - min) - 1 : 0)
  },
}

export class PolicyAgent<V, P extends { save(): unknown; load(state: unknown): void }> implements Agent {
  readonly name: string
  private readonly kind: Kind<V, P>
  private readonly definition: PolicyDefinition<P>
  private readonly params: PolicyParams
  /** By the name of the balancer that decides ('' where there is one place of decision), each made when it first does. */
  private readonly policies: Map<string, P> = new Map()
  private size = 0

  constructor(name: string, kind: Kind<V, P>, params: PolicyParams) {
    this.name = name
    this.kind = kind
    this.definition = kind.definitions.get(name)!
    this.params = params
    // Reports bad parameters now; a list with one entry per slot tells the size that it is meant for.
    const list = Object.values(params).find(Array.isArray)
    this.definition.create(params, list?.length ?? 1)
  }

  act(_observation: unknown, info: Info): unknown {
    const view = info.view as (V & object) | undefined
    if (typeof view !== 'object' || view === null || !this.kind.fits(view)) {
      throw new SimError('no-view', `${this.name} needs ${this.kind.missing}.`)
    }
    const { balancer } = info
    const place = typeof balancer === 'string' ? balancer : ''
    return this.kind.act(this.policyFor(place, this.kind.size(view)), view, info)
  }

  /** A policy starts an episode as it starts a run. Its draws are the view's, hence the environment's seed counts. */
  reset(_seed: number): void {
    this.policies.clear()
  }

  save(): Uint8Array {
    return encodeCheckpoint({
      agent: this.name,
      params: this.params,
      size: this.size,
      state: Object.fromEntries([...this.policies].map(([place, policy]) => [place, policy.save()])),
    })
  }

  /** The parameters stay this agent's own. */
  load(bytes: Uint8Array): void {
    const { size, state } = decodeCheckpointOf(this.name, bytes)
    this.policies.clear()
    for (const [place, policy] of Object.entries(state ?? {})) {
      this.policyFor(place, size as number).load(policy)
    }
  }

  private policyFor(place: string, size: number): P {
    if (this.size !== size) this.policies.clear()
    this.size = size
    let policy = this.policies.get(place)
    if (policy === undefined) {
      policy = this.definition.create(this.params, size)
      this.policies.set(place, policy)
    }
    return policy
  }
}

/** Throws ConfigError for parameters that do not fit. */
export function balancingAgent(name: string, params: PolicyParams): Agent {
  return new PolicyAgent(name, balancing, params)
}

/** Throws ConfigError for parameters that do not fit. */
export function admissionAgent(name: string, params: PolicyParams): Agent {
  return new PolicyAgent(name, admission, params)
}

/** Throws ConfigError for parameters that do not fit. */
export function weightsAgent(name: string, params: PolicyParams): Agent {
  return new PolicyAgent(name, weights, params)
}

/** Throws ConfigError for parameters that do not fit. */
export function jointAgent(name: string, params: PolicyParams): Agent {
  return new PolicyAgent(name, joint, params)
}

/** With a Box as `actionSpace` actions are targets, else changes. Throws ConfigError for parameters that do not fit. */
export function scalingAgent(name: string, params: PolicyParams, actionSpace?: Space): Agent {
  return new PolicyAgent(name, actionSpace?.kind === 'Box' ? continuousScaling : scaling, params)
}
