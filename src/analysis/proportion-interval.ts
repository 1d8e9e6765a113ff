/** Intervals of a probability, from k successes in n independent trials. */

import { normalQuantile } from '../random/normal-quantile.ts'
import { bisect } from './bisect.ts'
import { incompleteBeta } from './incomplete-beta.ts'
import type { Interval } from './interval.ts'

/** Wilson's score interval (1927): close to its level on average, for small n and rare events too. */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  const p = successes / trials
  if (trials === 0) return { estimate: Number.NaN, low: 0, high: 1, level, n: 0 }
  const z = normalQuantile((1 + level) / 2)
  const share = (z * z) / trials
  const centre = (p + share / 2) / (1 + share)
  const halfWidth = (Math.sqrt((p * (1 - p) + share / 4) / trials) * z) / (1 + share)
  const low = successes === 0 ? 0 : centre - halfWidth
  const high = successes === trials ? 1 : centre + halfWidth
  return { estimate: p, low, high, level, n: trials }
}

/** Clopper and Pearson's exact interval (1934): never below its level, so rather wide. */
export function clopperPearsonInterval(successes: number, trials: number, level = 0.95): Interval {
  const tail = (1 - level) / 2
  const failures = trials - successes
  const low = successes === 0 ? 0 : betaQuantile(tail, successes, failures + 1)
  const high = failures === 0 ? 1 : betaQuantile(1 - tail, successes + 1, failures)
  return { estimate: successes / trials, low, high, level, n: trials }
}

function betaQuantile(p: number, a: number, b: number): number {
  return bisect((x) => incompleteBeta(x, a, b), p, 0, 1)
}
