/**
 * Networks whose weights are shared over the slots of an observation: with globals g and the block x_i of slot i,
 *
 *   logit_i = f(g, x_i)          V = mean over i of v(g, x_i)
 *
 * so that permuting the slots permutes the logits and leaves the value alone (Zaheer et al., Deep Sets, 2017). What
 * is learned at one slot is known at all, and the number of weights does not grow with the number of slots.
 */
import { ConfigError } from '../../src/errors.ts'
import type { SlotLayout } from '../../src/gym/env.ts'
import type { Adam, Network, NetworkFactory, NetworkSpec, NetworkState, TowerSpec } from './network.ts'

export type SlotNetworkSpec = {
  readonly layout: SlotLayout
  readonly slots: number
  /** Both with one output: the slot's logit, and its part of the value. */
  readonly policy: TowerSpec
  readonly value: TowerSpec
  /** The most rows that one `forward` takes. */
  readonly maxBatch: number
}

/** Takes whole observations, `shared + slots x each` wide; its outputs are rows x slots logits and rows values. */
export class SlotNetwork implements Network {
  readonly spec: NetworkSpec
  private readonly inner: Network
  private readonly slots: number
  private readonly shared: number
  private readonly each: number
  private readonly inputs: Float32Array
  private readonly values: Float32Array
  private readonly valueGradients: Float32Array
  private rows = 0

  constructor(
    { layout, slots, policy, value, maxBatch }: SlotNetworkSpec,
    networks: NetworkFactory,
    seed: number,
  ) {
    this.slots = slots
    this.shared = layout.shared
    this.each = layout.each
    const width = layout.shared + layout.each
    this.inner = networks({ inputs: width, towers: [policy, value], maxBatch: maxBatch * slots }, seed)
    this.spec = { ...this.inner.spec, inputs: layout.shared + slots * layout.each, maxBatch }
    this.inputs = new Float32Array(maxBatch * slots * width)
    this.values = new Float32Array(maxBatch)
    this.valueGradients = new Float32Array(maxBatch * slots)
  }

  get backend(): string {
    return this.inner.backend
  }

  get parameterCount(): number {
    return this.inner.parameterCount
  }

  forward(batch: Float32Array, rows: number): readonly Float32Array[] {
    const { slots, shared, each, inputs, values } = this
    let at = 0
    for (let r = 0; r < rows; r++) {
      const row = r * (shared + slots * each)
      for (let i = 0; i < slots; i++) {
        const block = row + shared + i * each
        for (let k = 0; k < shared; k++) inputs[at++] = batch[row + k]!
        for (let k = 0; k < each; k++) inputs[at++] = batch[block + k]!
      }
    }
    this.rows = rows
    const [logits, parts] = this.inner.forward(inputs, rows * slots)
    for (let r = 0; r < rows; r++) {
      let sum = 0
      for (let i = 0; i < slots; i++) sum += parts![r * slots + i]!
      values[r] = sum / slots
    }
    return [logits!, values]
  }

  backward([logits, values]: readonly Float32Array[]): void {
    const { slots, rows, valueGradients } = this
    for (let r = 0; r < rows; r++) {
      const part = values![r]! / slots
      for (let i = 0; i < slots; i++) valueGradients[r * slots + i] = part
    }
    this.inner.backward([logits!, valueGradients])
  }

  inputGradient(): Float32Array {
    const { slots, shared, each, rows, spec } = this
    const parts = this.inner.inputGradient()
    const sums = new Float32Array(rows * spec.inputs)
    let at = 0
    for (let r = 0; r < rows; r++) {
      const row = r * spec.inputs
      for (let i = 0; i < slots; i++) {
        const block = row + shared + i * each
        for (let k = 0; k < shared; k++) sums[row + k]! += parts[at++]!
        for (let k = 0; k < each; k++) sums[block + k] = parts[at++]!
      }
    }
    return sums
  }

  gradient(): Float32Array {
    return this.inner.gradient()
  }

  step(optimiser: Adam): number {
    return this.inner.step(optimiser)
  }

  weights(): Float32Array {
    return this.inner.weights()
  }

  setWeights(weights: Float32Array): void {
    this.inner.setWeights(weights)
  }

  save(): NetworkState {
    return this.inner.save()
  }

  load(state: NetworkState): void {
    this.inner.load(state)
  }

  dispose(): void {
    this.inner.dispose()
  }
}

/**
 * Where the slots are: as `wanted`, or with `auto` as the environment declares; undefined: no slots. Throws
 * ConfigError when a layout that was asked for does not fit.
 */
export function resolveSlots(
  wanted: 'auto' | 'none' | SlotLayout,
  declared: SlotLayout | undefined,
  observationSize: number,
  actionCount: number,
): SlotLayout | undefined {
  const layout = wanted === 'auto' ? declared : wanted === 'none' ? undefined : wanted
  if (layout === undefined) return undefined
  const { shared, each } = layout
  if (shared + actionCount * each === observationSize) return { shared, each }
  // A wrapper changed the observation.
  if (wanted === 'auto') return undefined
  throw new ConfigError([
    {
      what: `expected observations of ${shared} + ${actionCount} x ${each} numbers, got ${observationSize}`,
      path: 'ppo.slots',
      hint: 'Write { shared, each } so that it fits the environment, "auto" or "none".',
    },
  ])
}
