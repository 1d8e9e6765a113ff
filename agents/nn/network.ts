/**
 * Multilayer perceptrons as the learners see them. A network is one or more towers (stacks of dense layers)
 * over one input and one flat vector of parameters, so that one step of Adam and one gradient norm cover all of
 * them: PPO's separate policy and value networks are two towers. An algorithm computes its loss and the gradient
 * of the loss at the outputs; a network does the rest. All arrays are float32, matrices row-major.
 */

export type Activation = 'tanh' | 'relu' | 'linear'

export type LayerSpec = {
  readonly units: number
  readonly activation: Activation
  /** Of the orthogonal initial weights; biases start at 0. */
  readonly gain: number
}

export type TowerSpec = readonly LayerSpec[]

export type NetworkSpec = {
  /** Width of the input. */
  readonly inputs: number
  readonly towers: readonly TowerSpec[]
  /** The most rows that one `forward` takes. */
  readonly maxBatch: number
}

/** Kingma and Ba, Adam (2015), as PyTorch applies it: the bias corrections outside epsilon. */
export type Adam = {
  readonly learningRate: number
  /** @default 0.9 */
  readonly beta1?: number
  /** @default 0.999 */
  readonly beta2?: number
  /** @default 1e-5, what PPO's reference implementations use. */
  readonly epsilon?: number
  /** Gradients whose norm over all parameters exceeds this are scaled down to it. @default Infinity */
  readonly maxGradNorm?: number
}

/** All that a network is besides its spec. Parameters: tower by tower, layer by layer, weights (inputs x units), then biases. */
export type NetworkState = {
  readonly weights: Float32Array
  /** Adam's running means of the gradient and of its square, in the order of the weights. */
  readonly mean: Float32Array
  readonly square: Float32Array
  /** Steps of Adam so far. */
  readonly steps: number
}

export interface Network {
  /** Who computes, e.g. `kernel` or `tfjs-wasm`. */
  readonly backend: string
  readonly spec: NetworkSpec
  readonly parameterCount: number
  /**
   * The outputs of each tower: arrays that begin with rows x its last width and are valid until the next call.
   * `batch` begins with rows x inputs.
   */
  forward(batch: Float32Array, rows: number): readonly Float32Array[]
  /**
   * The gradient of a loss with respect to the parameters, from its gradient at the outputs of the last `forward`
   * (each begins with rows x last width). Replaces the previous gradient.
   */
  backward(outputGradients: readonly Float32Array[]): void
  /** The gradient of the last `backward` with respect to its inputs, rows x inputs, summed over the towers. */
  inputGradient(): Float32Array
  /** The gradient of the last `backward`, before clipping, in the order of the weights. */
  gradient(): Float32Array
  /** Applies the gradient of the last `backward`; returns its norm before clipping. */
  step(optimiser: Adam): number
  /** A copy. */
  weights(): Float32Array
  setWeights(weights: Float32Array): void
  save(): NetworkState
  load(state: NetworkState): void
  /** Frees what the garbage collector cannot. The network is not usable afterwards. */
  dispose(): void
}

/** Makes a network whose weights are `initialWeights(spec, seed)`. */
export type NetworkFactory = (spec: NetworkSpec, seed: number | string) => Network

/** Hidden layers of one activation and a linear output layer, with the gains of PPO's reference implementations. */
export function mlp(
  hidden: readonly number[],
  outputs: number,
  options: { readonly activation?: Activation; readonly outputGain?: number } = {},
): TowerSpec {
  const { activation = 'tanh', outputGain = 1 } = options
  return [
    ...hidden.map((units) => ({ units, activation, gain: Math.sqrt(2) })),
    { units: outputs, activation: 'linear' as const, gain: outputGain },
  ]
}

/** Every layer in the order of the parameters, with its width of input and where its parameters begin. */
export function layersOf(spec: NetworkSpec): readonly LayerLayout[] {
  const layers: LayerLayout[] = []
  let offset = 0
  spec.towers.forEach((tower, towerIndex) => {
    let inputs = spec.inputs
    tower.forEach((layer, depth) => {
      const biases = offset + inputs * layer.units
      layers.push({ ...layer, tower: towerIndex, depth, inputs, weightsAt: offset, biasesAt: biases })
      offset = biases + layer.units
      inputs = layer.units
    })
  })
  return layers
}

export type LayerLayout = LayerSpec & {
  readonly tower: number
  /** Number of the layer in its tower, from 0. */
  readonly depth: number
  readonly inputs: number
  /** Indices into the flat vector of parameters. */
  readonly weightsAt: number
  readonly biasesAt: number
}

export function parameterCount(spec: NetworkSpec): number {
  return layersOf(spec).reduce((sum, layer) => sum + (layer.inputs + 1) * layer.units, 0)
}
