/** From the description of a distribution to its sampler. */
import type { Distribution } from '../scenario/types.ts'
import { reject } from './check.ts'
import { clippedNormal } from './distributions/clipped-normal.ts'
import { constant } from './distributions/constant.ts'
import { empirical } from './distributions/empirical.ts'
import { empiricalQuantiles } from './distributions/empirical-quantiles.ts'
import { erlang } from './distributions/erlang.ts'
import { exponential } from './distributions/exponential.ts'
import { gamma } from './distributions/gamma.ts'
import { hyperexponential } from './distributions/hyperexponential.ts'
import { lognormal } from './distributions/lognormal.ts'
import { normal } from './distributions/normal.ts'
import { pareto } from './distributions/pareto.ts'
import { poisson } from './distributions/poisson.ts'
import { uniform } from './distributions/uniform.ts'
import { weibull } from './distributions/weibull.ts'
import type { Sampler } from './sampler.ts'

/** `path` names the distribution in the ConfigError that parameters out of range cause. */
export function compileDistribution(d: Distribution, path = ''): Sampler {
  const inside = path === '' ? d.kind : `${path}.${d.kind}`
  switch (d.kind) {
    case 'constant':
      return constant(d.value, path)
    case 'exponential':
      return exponential(d.mean, inside)
    case 'uniform':
      return uniform(d.low, d.high, inside)
    case 'normal':
      return normal(d.mean, d.cv, inside)
    case 'clippedNormal':
      return clippedNormal(d.mu, d.sigma, inside)
    case 'lognormal':
      return lognormal(d.mean, d.cv, inside)
    case 'gamma':
      return gamma(d.mean, d.cv, inside)
    case 'erlang':
      return erlang(d.k, d.mean, inside)
    case 'weibull':
      return weibull(d.mean, d.cv, inside)
    case 'pareto':
      return pareto(d.mean, d.shape, inside)
    case 'hyperexponential':
      return hyperexponential(d.mean, d.cv, inside)
    case 'poisson':
      return poisson(d.mean, inside)
    case 'empirical':
      return empirical(d.values, inside)
    case 'empiricalQuantiles':
      return empiricalQuantiles(d.quantiles, path === '' ? 'empirical' : `${path}.empirical`)
    default:
      return reject(`unknown distribution "${(d as { kind: string }).kind}"`, path, '')
  }
}
