import type { Stream } from '../../random/stream.ts'
import type { BalancerView, BalancingPolicy } from '../types.ts'

/** A policy that decides from the view and the stream alone. */
export abstract class StatelessBalancing implements BalancingPolicy {
  abstract decide(view: BalancerView, draws: Stream): number

  save(): unknown {
    return null
  }

  load(_state: unknown): void {}
}
