import { checkNotNegative, reject } from '../check.ts'
import { normalQuantile } from '../normal-quantile.ts'
import { normalCdf, normalDensity } from '../normal-tail.ts'
import type { Sampler, UniformSource } from '../sampler.ts'
import { constant } from './constant.ts'

/** max(0, Normal(mu, sigma)): the mass below 0 sits at 0, which raises the mean above mu. */
export function clippedNormal(mu: number, sigma: number, path: string): Sampler {
  if (!Number.isFinite(mu)) reject(`expected a finite number, got ${mu}`, path, 'mu')
  checkNotNegative(sigma, path, 'sigma')
  return sigma === 0 ? constant(Math.max(0, mu), path) : new ClippedNormal(mu, sigma)
}

class ClippedNormal implements Sampler {
  readonly mean: number
  readonly cv: number
  readonly constant = false
  private readonly mu: number
  private readonly sigma: number
  constructor(mu: number, sigma: number) {
    this.mu = mu
    this.sigma = sigma
    const z = mu / sigma
    const mean = mu * normalCdf(z) + sigma * normalDensity(z)
    const square = (mu * mu + sigma * sigma) * normalCdf(z) + mu * sigma * normalDensity(z)
    this.mean = Math.max(0, mean)
    this.cv = mean > 0 ? Math.sqrt(Math.max(0, square - mean * mean)) / mean : 0
  }

  sample(u: UniformSource): number {
    return Math.max(0, this.mu + this.sigma * normalQuantile(u.next()))
  }
}
