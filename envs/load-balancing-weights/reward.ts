/**
 * The reward of LoadBalancing-v0 over an interval, divided by the requests that are expected in one: the mean reward of
 * an interval tends to -W / S as that of a decision does there, W the mean response time.
 */
import type { Simulation } from '../../src/simulation/index.ts'
import type { OfferedLoad } from '../common/load.ts'
import type { LoadBalancingInfo } from '../load-balancing/info.ts'
import { LoadBalancingReward } from '../load-balancing/reward.ts'

export class LoadBalancingWeightsReward {
  private readonly perRequest: LoadBalancingReward
  private readonly requests: number

  /** `requests`: interval x reference rate. */
  constructor(
    simulation: Simulation,
    options: { readonly reward: 'response' | 'slo'; readonly classWeights: Readonly<Record<string, number>> },
    load: OfferedLoad,
    failureCosts: readonly number[],
    requests: number,
  ) {
    this.perRequest = new LoadBalancingReward(simulation, options, load, failureCosts)
    this.requests = requests
  }

  /** Raw terms of the last step. */
  get terms(): LoadBalancingInfo['terms'] {
    return this.perRequest.terms
  }

  /** What happened so far does not count. */
  start(): void {
    this.perRequest.start()
  }

  save(): unknown {
    return this.perRequest.save()
  }

  load(state: Parameters<LoadBalancingReward['load']>[0]): void {
    this.perRequest.load(state)
  }

  step(): number {
    return this.perRequest.step() / this.requests
  }
}
