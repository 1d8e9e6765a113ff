/**
 * A sequential stream of random numbers with a name: seedrandom's Alea, seeded by (seed, name). Streams of
 * different names are unrelated, so that a new consumer of randomness shifts nobody else's numbers.
 */
import alea from 'seedrandom/lib/alea.js'
import { log } from './math.ts'

/** Plain numbers; `Stream.load` of it continues exactly. */
export type StreamState = {
  readonly c: number
  readonly s0: number
  readonly s1: number
  readonly s2: number
}

const TWO_32 = 4294967296
const TWO_53 = 9007199254740992

export class Stream {
  private c = 0
  private s0 = 0.5
  private s1 = 0.5
  private s2 = 0.5

  private constructor(state: StreamState) {
    this.load(state)
  }

  /** The stream called `name` of this seed; the seeds 7 and '7' are the same. */
  static derive(seed: number | string, name: string): Stream {
    return new Stream(alea(seedText(seed, name), { state: true }).state())
  }

  /** A multiple of 2^-53 in [0, 1), from two numbers of the generator. */
  next(): number {
    return this.draw() + ((this.draw() * 0x200000) | 0) * 1.1102230246251565e-16
  }

  /** The generator's own step (Alea, J. Baagoe, 2010): here it costs a fraction of a call of seedrandom's closure. */
  private draw(): number {
    const t = 2091639 * this.s0 + this.c * 2.3283064365386963e-10
    this.s0 = this.s1
    this.s1 = this.s2
    this.c = t | 0
    this.s2 = t - this.c
    return this.s2
  }

  /** An integer in 0 ... n - 1, every one exactly as likely (rejection after Lemire, 2019); 1 <= n <= 2^53. */
  int(n: number): number {
    if (n > 0x200000) return this.bigInt(n)
    // The product has at most 53 bits, so that it is exact.
    let x = this.draw() * n
    let integer = Math.floor(x)
    let rest = (x - integer) * TWO_32
    if (rest < n) {
      const threshold = TWO_32 % n
      while (rest < threshold) {
        x = this.draw() * n
        integer = Math.floor(x)
        rest = (x - integer) * TWO_32
      }
    }
    return integer
  }

  private bigInt(n: number): number {
    const excess = TWO_53 % n
    for (;;) {
      const x = this.next() * TWO_53
      if (x < TWO_53 - excess) return x % n
    }
  }

  /** An exponential duration with this mean. */
  exponential(mean: number): number {
    return -mean * log(1 - this.next())
  }

  save(): StreamState {
    const { c, s0, s1, s2 } = this
    return { c, s0, s1, s2 }
  }

  load(state: StreamState): void {
    this.c = state.c
    this.s0 = state.s0
    this.s1 = state.s1
    this.s2 = state.s2
  }
}

/** Two int32: the key of the counter-based draws of the site `name` under this seed. */
export function deriveKey(seed: number | string, name: string): [number, number] {
  const draw = alea(seedText(seed, name), { state: true })
  return [(draw() * TWO_32) | 0, (draw() * TWO_32) | 0]
}

/** No name and no seed contains the separator, so that two pairs never give one text. */
function seedText(seed: number | string, name: string): string {
  return `${seed}\u0000${name}`
}
