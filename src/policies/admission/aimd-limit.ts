/**
 * Additive increase, multiplicative decrease: one more after a request that needed half of the limit or more, `backoff`
 * times as many after one that was dropped or took longer than `timeout`. (Netflix concurrency-limits, `AIMDLimit`.)
 */
import type { ConcurrencyLimit } from './concurrency-limit.ts'

export type AimdParams = {
  readonly initial: number
  readonly min: number
  readonly max: number
  readonly backoff: number
  /** Seconds. */
  readonly timeout: number
}

export class AimdLimit implements ConcurrencyLimit {
  limit: number
  private readonly params: AimdParams

  constructor(params: AimdParams) {
    this.params = params
    this.limit = params.initial
  }

  ended(rtt: number, inFlight: number, dropped: boolean): void {
    const { min, max, backoff, timeout } = this.params
    let next = this.limit
    if (dropped || rtt > timeout) next = Math.floor(next * backoff)
    else if (inFlight * 2 >= next) next++
    this.limit = Math.min(max, Math.max(min, next))
  }

  save(): unknown {
    return this.limit
  }

  load(state: unknown): void {
    this.limit = state as number
  }
}
