/**
 * Envoy's LEAST_REQUEST. Equal weights: the fewest own requests in flight among `choiceCount` slots drawn with
 * replacement. Unequal weights: earliest deadline first with weight / (in flight + 1)^bias, evaluated at the pick.
 */
import { pow } from '../../random/math.ts'
import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { drawAvailable } from './draw-available.ts'

type State = {
  readonly deadlines: readonly number[]
  readonly places: readonly number[]
  readonly joined: readonly number[]
  readonly now: number
  readonly placed: number
}

class EnvoyLeastRequest implements BalancingPolicy {
  private readonly choiceCount: number
  private readonly bias: number
  private view: BalancerView | undefined
  private version = 0
  private equal = true
  /** Virtual time of the last pick, and when each slot is due. */
  private now = 0
  private readonly deadlines: Float64Array
  /** When a slot got its deadline, counted: of equal deadlines the older one comes first. */
  private readonly places: Float64Array
  private placed = 0
  /** `joined` of each slot as of its deadline; 0: it has none. */
  private readonly joined: Float64Array

  constructor(size: number, choiceCount: number, bias: number) {
    this.view = undefined
    this.choiceCount = choiceCount
    this.bias = bias
    this.deadlines = new Float64Array(size)
    this.places = new Float64Array(size)
    this.joined = new Float64Array(size).fill(-1)
  }

  decide(view: BalancerView, draws: Stream): number {
    if (view !== this.view || view.weightVersion !== this.version) this.prepare(view)
    return this.equal ? this.choose(view, draws) : this.earliest(view)
  }

  private choose(view: BalancerView, draws: Stream): number {
    let best = drawAvailable(view, draws)
    for (let i = 1; i < this.choiceCount; i++) {
      const slot = drawAvailable(view, draws)
      if (view.inFlight[slot]! < view.inFlight[best]!) best = slot
    }
    return best
  }

  private earliest(view: BalancerView): number {
    const { deadlines, places, joined } = this
    let best = -1
    for (let i = 0; i < view.n; i++) {
      if (view.available[i] !== 1) continue
      if (joined[i] !== view.joined[i]) this.place(view, i)
      if (
        best === -1 ||
        deadlines[i]! < deadlines[best]! ||
        (deadlines[i] === deadlines[best] && places[i]! < places[best]!)
      )
        best = i
    }
    this.now = deadlines[best]!
    this.place(view, best)
    return best
  }

  private place(view: BalancerView, slot: number): void {
    const active = view.inFlight[slot]! + 1
    const { bias } = this
    const divisor = bias === 1 ? active : bias === 0 ? 1 : pow(active, bias)
    // A weight of 0 would never be due; such a slot is taken when there is nothing else.
    this.deadlines[slot] = this.now + divisor / Math.max(view.weight[slot]!, 1e-9)
    this.places[slot] = ++this.placed
    this.joined[slot] = view.joined[slot]!
  }

  private prepare(view: BalancerView): void {
    this.view = view
    this.version = view.weightVersion
    this.equal = view.weight.every((weight) => weight === view.weight[0])
  }

  save(): State {
    return {
      deadlines: Array.from(this.deadlines),
      places: Array.from(this.places),
      joined: Array.from(this.joined),
      now: this.now,
      placed: this.placed,
    }
  }

  load(state: unknown): void {
    const from = state as State
    this.deadlines.set(from.deadlines)
    this.places.set(from.places)
    this.joined.set(from.joined)
    this.now = from.now
    this.placed = from.placed
  }
}

/** `choiceCount` default 2, `bias` default 1; 0 is weighted round robin. Source: Envoy, load balancers. */
export const envoyLeastRequest: PolicyDefinition<BalancingPolicy> = {
  name: 'envoy-least-request',
  summary:
    "Envoy's least request: two random choices, or by weight and requests in flight where weights differ.",
  information: 'own',
  defaults: { choiceCount: 2, bias: 1 },
  create(params, size) {
    const reader = new Params('envoy-least-request', params, this.defaults)
    const choiceCount = reader.integer('choiceCount', { min: 1, max: 1000 })
    const bias = reader.number('bias', { min: 0, max: 100 })
    reader.finish()
    return new EnvoyLeastRequest(size, choiceCount, bias)
  },
}
