/** What an environment says beside the observation: plain data, and a view for policies that is no part of it. */
import type { BalancerView } from '../../src/policies/types.ts'
import type { DrawnFields } from '../common/randomize.ts'
import type { Summary } from '../common/summary.ts'

export class LoadBalancingInfo {
  [name: string]: unknown
  readonly time: number
  /** Seconds since the decision before. */
  readonly elapsed: number
  /** 1: the slot may be chosen. One array for as long as nothing changes: do not write to it. */
  readonly actionMask: Int8Array
  readonly rewardUnit: number
  /** Name of the balancer that decides. */
  readonly balancer: string
  /** Whether the last action was invalid and replaced. */
  readonly invalidAction: boolean
  readonly terms: {
    readonly requestSeconds: number
    readonly failureCharge: number
    readonly replicaSeconds: number
    readonly late: number
  }
  /** Requests that ended in the step: class -> outcome -> count. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly traceId: string
  /** What was drawn for the episode, by path, where scenarios are randomised. */
  readonly scenario?: DrawnFields | undefined
  /** At the end of an episode: what the run gave. */
  summary?: Summary
  readonly #view: BalancerView

  constructor(
    time: number,
    elapsed: number,
    actionMask: Int8Array,
    rewardUnit: number,
    balancer: string,
    invalidAction: boolean,
    terms: LoadBalancingInfo['terms'],
    outcomes: LoadBalancingInfo['outcomes'],
    traceId: string,
    view: BalancerView,
    scenario: DrawnFields | undefined,
  ) {
    this.time = time
    this.elapsed = elapsed
    this.actionMask = actionMask
    this.rewardUnit = rewardUnit
    this.balancer = balancer
    this.invalidAction = invalidAction
    this.terms = terms
    this.outcomes = outcomes
    this.traceId = traceId
    this.scenario = scenario
    this.#view = view
  }

  /** The very view that a policy has inside the simulator; valid until the next step, never serialised. */
  get view(): BalancerView {
    return this.#view
  }
}
