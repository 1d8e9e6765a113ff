/** The Markov chain that modulates the rate of a workload: MMPP, W. Fischer and K. Meier-Hellstern (1993). */
import type { Stream, StreamState } from '../random/index.ts'
import type { Arrivals } from '../scenario/types.ts'

type Mmpp = Extract<Arrivals, { kind: 'mmpp' }>

export class Modulation {
  state: number
  private readonly mmpp: Mmpp
  private readonly stream: Stream

  /** Begins in a state drawn from the equilibrium of the chain. */
  constructor(mmpp: Mmpp, stream: Stream) {
    this.mmpp = mmpp
    this.stream = stream
    this.state = pick(equilibrium(mmpp.switching), stream.next())
  }

  /** Requests per second now. */
  get rate(): number {
    return this.mmpp.rates[this.state]!
  }

  /** Seconds that the state lasts; Infinity where the chain never leaves it. */
  holding(): number {
    const leave = this.leaving().reduce((sum, rate) => sum + rate, 0)
    return leave > 0 ? this.stream.exponential(1) / leave : Number.POSITIVE_INFINITY
  }

  move(): void {
    const rates = this.leaving()
    const total = rates.reduce((sum, rate) => sum + rate, 0)
    this.state = pick(
      rates.map((rate) => rate / total),
      this.stream.next(),
    )
  }

  private leaving(): number[] {
    return this.mmpp.switching[this.state]!.map((rate, j) => (j === this.state ? 0 : rate))
  }

  save(): unknown {
    return { state: this.state, stream: this.stream.save() }
  }

  load(state: unknown): void {
    const from = state as { state: number; stream: StreamState }
    this.state = from.state
    this.stream.load(from.stream)
  }
}

/** Requests per second over the long run. */
export function mmppRate({ rates, switching }: Mmpp): number {
  return equilibrium(switching).reduce((sum, share, i) => sum + share * rates[i]!, 0)
}

function pick(shares: readonly number[], u: number): number {
  let sum = 0
  for (let i = 0; i < shares.length; i++) {
    sum += shares[i]!
    if (u < sum) return i
  }
  return shares.findLastIndex((share) => share > 0)
}

/**
 * Shares of time of the states of an irreducible chain, by the elimination of W. K. Grassmann, M. I. Taksar and D. P.
 * Heyman, Operations Research 33 (1985), which subtracts nothing.
 */
export function equilibrium(switching: readonly (readonly number[])[]): number[] {
  const n = switching.length
  const q = switching.map((row, i) => row.map((rate, j) => (i === j ? 0 : rate)))
  for (let k = n - 1; k > 0; k--) {
    let out = 0
    for (let j = 0; j < k; j++) out += q[k]![j]!
    for (let i = 0; i < k; i++) {
      const through = q[i]![k]! / out
      q[i]![k] = through
      for (let j = 0; j < k; j++) if (i !== j) q[i]![j]! += through * q[k]![j]!
    }
  }
  const shares = new Array<number>(n).fill(0)
  shares[0] = 1
  for (let k = 1; k < n; k++) for (let i = 0; i < k; i++) shares[k]! += shares[i]! * q[i]![k]!
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}
