/**
 * The product of several profiles. Between the points where one of them bends, jumps or has turned by an eighth of its
 * period, the product is smooth, and eight nodes of Gauss and Legendre integrate it to the last digits (a product of
 * straight pieces alone exactly: it is a polynomial).
 */
import { sin } from '../random/index.ts'
import type { SimpleProfile } from '../scenario/types.ts'
import { PiecewiseRate, type RateCurve } from './piecewise-rate.ts'

const TWO_PI = 6.283185307179586
const TURN = 8

/** Nodes in (0, 1) and weights, in pairs around the middle. Abramowitz and Stegun, table 25.4. */
const NODES: readonly (readonly [number, number])[] = [
  [0.1834346424956498, 0.362683783378362],
  [0.525532409916329, 0.31370664587788727],
  [0.7966664774136267, 0.22238103445337448],
  [0.9602898564975363, 0.10122853629037626],
]

type Factor = { at(time: number): number; nextBend(time: number): number }
type Diurnal = Extract<SimpleProfile, { kind: 'diurnal' }>

export class ProductRate implements RateCurve {
  private readonly factors: readonly Factor[]
  private readonly end: number

  /** @param end a time from which on nobody asks: rates that stay 0 are followed no further. */
  constructor(profiles: readonly SimpleProfile[], end: number) {
    this.factors = profiles.map((profile) =>
      profile.kind === 'diurnal' ? swing(profile) : new PiecewiseRate(profile.points, profile.period),
    )
    this.end = end
  }

  at(time: number): number {
    let product = 1
    for (const factor of this.factors) product *= factor.at(time)
    return product
  }

  between(from: number, to: number): number {
    let sum = 0
    for (let start = from; start < to; ) {
      const end = Math.min(to, this.nextBend(start))
      sum += this.area(start, end)
      start = end
    }
    return sum
  }

  reach(from: number, amount: number): number {
    let left = amount
    for (let start = from; start <= this.end; ) {
      const end = this.nextBend(start)
      if (end === Number.POSITIVE_INFINITY) {
        // Nothing moves any more.
        const rate = this.at(start)
        return rate > 0 ? start + left / rate : Number.POSITIVE_INFINITY
      }
      const area = this.area(start, end)
      if (area >= left) return this.solve(start, end, left)
      left -= area
      start = end
    }
    return Number.POSITIVE_INFINITY
  }

  private nextBend(time: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const factor of this.factors) next = Math.min(next, factor.nextBend(time))
    return next
  }

  /** Integral over a piece within which nothing bends. */
  private area(from: number, to: number): number {
    const half = (to - from) / 2
    const middle = from + half
    let sum = 0
    for (const [node, weight] of NODES)
      sum += weight * (this.at(middle - node * half) + this.at(middle + node * half))
    return sum * half
  }

  /** Where within a smooth piece the integral from its start is `amount`: Newton's steps in a bracket that shrinks. */
  private solve(start: number, end: number, amount: number): number {
    let low = start
    let high = end
    let time = start + (end - start) / 2
    for (let i = 0; i < 100; i++) {
      const excess = this.area(start, time) - amount
      if (excess > 0) high = time
      else low = time
      const slope = this.at(time)
      let better = slope > 0 ? time - excess / slope : low + (high - low) / 2
      if (!(better > low && better < high)) better = low + (high - low) / 2
      if (Math.abs(better - time) <= 1e-13 * (1 + time)) return better
      time = better
    }
    return time
  }
}

function swing({ amplitude, period, phase }: Diurnal): Factor {
  const step = period / TURN
  return {
    at: (time) => 1 + amplitude * sin((TWO_PI * time) / period + phase),
    nextBend: (time) => {
      let k = Math.floor(time / step) + 1
      while (k * step <= time) k++
      return k * step
    },
  }
}
