/** What the environment says beside the observation: plain data, and a view for policies that is no part of it. */
import type { ScalingView } from '../../src/policies/types.ts'
import type { DrawnFields } from '../common/randomize.ts'
import type { Summary } from '../common/summary.ts'
import type { AutoscalingTerms } from './reward.ts'

export class AutoscalingInfo {
  [name: string]: unknown
  readonly time: number
  /** Seconds since the decision before. */
  readonly elapsed: number
  /** 1: the change of the target stays within [min, max]. */
  readonly actionMask: Int8Array
  /** Replica-seconds of one unit of reward. */
  readonly rewardUnit: number
  readonly invalidAction: boolean
  readonly terms: AutoscalingTerms
  /** Requests that ended in the step: class -> outcome -> count. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly traceId: string
  /** What was drawn for the episode, by path, where scenarios are randomised. */
  readonly scenario?: DrawnFields | undefined
  /** At the end of an episode: what the run gave. */
  summary?: Summary
  readonly #view: ScalingView

  constructor(fields: Omit<AutoscalingInfo, 'view' | 'summary'>, view: ScalingView) {
    this.time = fields.time as number
    this.elapsed = fields.elapsed as number
    this.actionMask = fields.actionMask as Int8Array
    this.rewardUnit = fields.rewardUnit as number
    this.invalidAction = fields.invalidAction as boolean
    this.terms = fields.terms as AutoscalingTerms
    this.outcomes = fields.outcomes as AutoscalingInfo['outcomes']
    this.traceId = fields.traceId as string
    this.scenario = fields.scenario as DrawnFields | undefined
    this.#view = view
  }

  /** The very view that a policy has inside the simulator; valid until the next step, never serialised. */
  get view(): ScalingView {
    return this.#view
  }
}
