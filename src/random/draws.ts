/**
 * The numbers drawn for a request, as a function of what they are drawn for and of nothing else: neither
 * timing nor routing nor the order of the calls can shift them, so that two policies under one seed face
 * the same requests.
 */
import { SimError } from '../errors.ts'
import type { Distribution } from '../scenario/types.ts'
import { compileDistribution } from './compile-distribution.ts'
import { log } from './math.ts'
import type { Sampler, UniformSource } from './sampler.ts'
import { deriveKey } from './stream.ts'
import { uniform53 } from './threefry.ts'

/**
 * `site`: index of what is drawn (a step's demand, a link's latency); `request`: its number, a non-negative
 * integer; `path`: which attempt or leg of it; `ordinal`: which of several draws of one site there.
 */
export interface Draws {
  /** A value of the site's distribution. */
  sample(site: number, request: number, path: number, ordinal: number): number
  /** The number in [0, 1) behind `sample`; a site without a distribution has only this. */
  uniform(site: number, request: number, path: number, ordinal: number): number
}

export type DrawSite = { readonly name: string; readonly distribution?: Distribution | undefined }

const NONE = 0
const CONSTANT = 1
const EXPONENTIAL = 2
const GENERAL = 3

/** Draws from a counter-based generator with one key per site, made of the seed and the site's name. */
export class CounterDraws implements Draws {
  private readonly key0: Int32Array
  private readonly key1: Int32Array
  private readonly kind: Uint8Array
  private readonly mean: Float64Array
  private readonly samplers: (Sampler | undefined)[] = []
  private readonly names: readonly string[]
  private readonly walk: Walk = new Walk()

  /** Site names are unique; a distribution out of range throws ConfigError under the site's name. */
  constructor(seed: number | string, sites: readonly DrawSite[]) {
    this.names = sites.map((site) => site.name)
    this.key0 = new Int32Array(sites.length)
    this.key1 = new Int32Array(sites.length)
    this.kind = new Uint8Array(sites.length)
    this.mean = new Float64Array(sites.length)
    sites.forEach(({ name, distribution }, i) => {
      const [k0, k1] = deriveKey(seed, name)
      this.key0[i] = k0
      this.key1[i] = k1
      const sampler = distribution === undefined ? undefined : compileDistribution(distribution, name)
      this.samplers.push(sampler)
      if (distribution === undefined || sampler === undefined) return
      this.mean[i] = sampler.mean
      this.kind[i] = sampler.constant ? CONSTANT : distribution.kind === 'exponential' ? EXPONENTIAL : GENERAL
    })
  }

  sample(site: number, request: number, path: number, ordinal: number): number {
    const kind = this.kind[site]!
    if (kind === CONSTANT) return this.mean[site]!
    if (kind === EXPONENTIAL) return -this.mean[site]! * log(1 - this.uniform(site, request, path, ordinal))
    if (kind === NONE) throw new SimError('no-distribution', `site "${this.names[site]}" has no distribution`)
    const walk = this.walk
    walk.key0 = this.key0[site]!
    walk.key1 = this.key1[site]!
    walk.counter0 = request | 0
    walk.counter1 = secondWord(request, path, ordinal)
    return this.samplers[site]!.sample(walk)
  }

  uniform(site: number, request: number, path: number, ordinal: number): number {
    return uniform53(this.key0[site]!, this.key1[site]!, request | 0, secondWord(request, path, ordinal))
  }
}

/**
 * The second counter word. Multiples of these odd numbers stay far apart modulo 2^32: no two of the pairs
 * (path, ordinal) with path < 2^16 and ordinal < 2^13 share a word.
 */
function secondWord(request: number, path: number, ordinal: number): number {
  const word = (Math.imul(path, 0x9e3779b1) + ordinal) | 0
  return request > 0xffffffff ? (word + Math.imul(Math.floor(request / 4294967296), 0x85ebca6b)) | 0 : word
}

/** The uniform numbers of one value: the first is `CounterDraws.uniform`, later ones step the key. */
class Walk implements UniformSource {
  key0 = 0
  key1 = 0
  counter0 = 0
  counter1 = 0

  next(): number {
    const value = uniform53(this.key0, this.key1, this.counter0, this.counter1)
    this.key1 = (this.key1 + 0x9e3779b9) | 0
    return value
  }
}
