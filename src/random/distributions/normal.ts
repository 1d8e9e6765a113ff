/**
 * The normal distribution conditioned on being at least 0, with the mean and the cv that hold after the
 * truncation. With a = -mu / sigma and h the hazard rate of the standard normal at a:
 * mean = sigma (h - a) and variance = sigma^2 (1 - h (h - a)), so that the cv determines a alone.
 */
import { checkNotNegative, checkPositive, reject } from '../check.ts'
import { log } from '../math.ts'
import { normalQuantile } from '../normal-quantile.ts'
import { fractionFrom, normalDensity, normalTail } from '../normal-tail.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

/** From here on P(Z > a) nears the smallest double, and the excess over a is inverted instead. */
const FAR = 37

/** 0 <= cv < 1: at 1 the truncated normal has become an exponential. */
export function normal(mean: number, cv: number, path: string): Sampler {
  checkPositive(mean, path, 'mean')
  checkNotNegative(cv, path, 'cv')
  if (cv >= 1) {
    reject(
      `expected a number below 1, got ${cv}`,
      path,
      'cv',
      'A normal that is at least 0 varies less than an exponential; use lognormal or gamma.',
    )
  }
  if (cv === 0) return constant(mean, path)
  const a = truncationPoint(cv)
  return a > FAR ? new FarTail(mean, cv, a) : new TruncatedNormal(mean, cv, a)
}

/** The a = -mu / sigma at which the truncated distribution has this cv. */
function truncationPoint(cv: number): number {
  // Below this P(Z < a) is under 1e-200.
  if (cv < 1 / 31) return -1 / cv
  let low = -40
  let high = 1e9
  for (let i = 0; i < 120; i++) {
    const middle = (low + high) / 2
    if (squaredCv(middle) < cv * cv) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** h(a) - a: the mean excess over a, in units of sigma. */
function meanExcess(a: number): number {
  return a >= 3 ? fractionFrom(a, 1) : normalDensity(a) / normalTail(a) - a
}

function squaredCv(a: number): number {
  const excess = meanExcess(a)
  if (a >= 3) {
    // The same quantity without the cancellation in 1 - h (h - a).
    const next = fractionFrom(a, 2)
    return (next - excess) * (a + next)
  }
  return (1 - (a + excess) * excess) / (excess * excess)
}

class TruncatedNormal implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly mu: number
  private readonly sigma: number
  private readonly tail: number
  constructor(mean: number, cv: number, a: number) {
    this.mean = mean
    this.cv = cv
    this.sigma = mean / meanExcess(a)
    this.mu = -a * this.sigma
    this.tail = normalTail(a)
  }

  sample(u: UniformSource): number {
    const z = -normalQuantile(this.tail * (1 - u.next()))
    return Math.max(0, this.mu + this.sigma * z)
  }
}

class FarTail implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly a: number
  private readonly sigma: number
  constructor(mean: number, cv: number, a: number) {
    this.mean = mean
    this.cv = cv
    this.a = a
    this.sigma = mean / meanExcess(a)
  }

  /** P(Z > a + t) / P(Z > a) = exp(-a t - t^2/2) M(a + t) / M(a) solved for t; each round gains a^2. */
  sample(u: UniformSource): number {
    const a = this.a
    const e = -log(1 - u.next())
    let t = 0
    for (let i = 0; i < 4; i++) {
      const right = e + log(mills(a + t) / mills(a))
      t = (2 * right) / (a + Math.sqrt(a * a + 2 * right))
    }
    return Math.max(0, this.sigma * t)
  }
}

/** Mills' ratio P(Z > x) / density(x) for x above 37, to 1e-11. */
function mills(x: number): number {
  return 1 / (x + 1 / (x + 2 / (x + 3 / (x + 4 / x))))
}
