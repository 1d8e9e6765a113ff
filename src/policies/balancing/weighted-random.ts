import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { drawAvailable } from './draw-available.ts'
import { StatelessBalancing } from './stateless.ts'

/** So many draws over all slots before the available ones are summed up. */
const TRIES = 8

class WeightedRandom extends StatelessBalancing {
  private readonly weights: readonly number[] | undefined
  private view: BalancerView | undefined
  private version = 0
  /** Running sums of the weights over all slots, for the view at hand. */
  private sums: Float64Array = new Float64Array(0)

  constructor(weights: readonly number[] | undefined) {
    super()
    this.view = undefined
    this.weights = weights
  }

  decide(view: BalancerView, draws: Stream): number {
    if (view !== this.view || view.weightVersion !== this.version) this.prepare(view)
    const { sums } = this
    const { n, available, availableCount } = view
    // A draw that hits an unavailable slot is repeated: what remains has the right proportions.
    const total = sums[n - 1]!
    for (let i = 0; total > 0 && i < TRIES; i++) {
      const slot = search(sums, draws.next() * total)
      if (available[slot] === 1) return slot
      if (2 * availableCount < n) break
    }
    return this.drawExactly(view, draws)
  }

  private drawExactly(view: BalancerView, draws: Stream): number {
    let total = 0
    for (let i = 0; i < view.n; i++) if (view.available[i] === 1) total += this.weightOf(view, i)
    if (!(total > 0)) return drawAvailable(view, draws)
    let rest = draws.next() * total
    let last = -1
    for (let i = 0; i < view.n; i++) {
      const weight = view.available[i] === 1 ? this.weightOf(view, i) : 0
      if (weight === 0) continue
      last = i
      rest -= weight
      if (rest < 0) break
    }
    return last
  }

  private prepare(view: BalancerView): void {
    this.view = view
    this.version = view.weightVersion
    this.sums = new Float64Array(view.n)
    let sum = 0
    for (let i = 0; i < view.n; i++) this.sums[i] = sum += this.weightOf(view, i)
  }

  private weightOf(view: BalancerView, i: number): number {
    return this.weights === undefined ? view.weight[i]! * view.speed[i]! * view.cores[i]! : this.weights[i]!
  }
}

/** The first slot whose running sum exceeds x; x is below the last sum. */
function search(sums: Float64Array, x: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! > x) high = middle
    else low = middle + 1
  }
  return low
}

/** P(slot) in proportion to `weights`, by default to weight x speed x cores, over the available slots. */
export const weightedRandom: PolicyDefinition<BalancingPolicy> = {
  name: 'weighted-random',
  summary: 'At random, in proportion to weight x speed x cores or to given weights.',
  information: 'own',
  defaults: { weights: null },
  create(params, size) {
    const reader = new Params('weighted-random', params, this.defaults)
    const weights = reader.raw('weights')
    const valid =
      Array.isArray(weights) &&
      weights.length === size &&
      weights.every((w) => typeof w === 'number' && w >= 0 && Number.isFinite(w)) &&
      weights.some((w) => w > 0)
    if (weights !== null && !valid) {
      reader.reject(
        `expected ${size} numbers of at least 0, not all 0, got ${JSON.stringify(weights)}`,
        'weights',
        'Give one weight for each slot.',
      )
    }
    reader.finish()
    return new WeightedRandom(valid ? [...(weights as number[])] : undefined)
  },
}
