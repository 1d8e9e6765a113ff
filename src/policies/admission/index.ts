/** Every policy of overload control by the kind that a scenario names. */
import type { Stream } from '../../random/index.ts'
import type { ConcurrencyLimitSpec, DelaySpec, RateLimitSpec } from '../../scenario/overload-types.ts'
import { AimdLimit } from './aimd-limit.ts'
import { CoDel } from './codel.ts'
import { type ConcurrencyLimit, FixedLimit } from './concurrency-limit.ts'
import { ControlledDelay } from './controlled-delay.ts'
import type { DelayShedder } from './delay-shedder.ts'
import { GradientLimit } from './gradient-limit.ts'
import { LeakyBucket, type RateLimiter, TokenBucket } from './rate-limiter.ts'
import { VegasLimit } from './vegas-limit.ts'

export type { ConcurrencyLimit } from './concurrency-limit.ts'
export type { DelayShedder } from './delay-shedder.ts'
export { type RateLimiter, TokenBucket } from './rate-limiter.ts'

/** `stream`: for policies that draw. */
export function createConcurrencyLimit(spec: ConcurrencyLimitSpec, stream: () => Stream): ConcurrencyLimit {
  switch (spec.kind) {
    case 'fixed':
      return new FixedLimit(spec.limit)
    case 'aimd':
      return new AimdLimit(spec)
    case 'vegas':
      return new VegasLimit(spec, stream())
    case 'gradient':
      return new GradientLimit(spec)
  }
}

export function createRateLimiter(spec: RateLimitSpec): RateLimiter {
  return spec.kind === 'leaky'
    ? new LeakyBucket(spec.rate, spec.capacity)
    : new TokenBucket(spec.rate, spec.burst)
}

export function createDelayShedder(spec: DelaySpec): DelayShedder {
  return spec.kind === 'codel' ? new CoDel(spec) : new ControlledDelay(spec)
}
