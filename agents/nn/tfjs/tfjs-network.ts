/**
 * A network on TensorFlow.js: its autodiff as the vector-Jacobian product. For large networks, and the reference that
 * the kernel is checked against. An operation costs microseconds of dispatch whatever its size, so that parameters,
 * gradient and Adam's means are one flat tensor each.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { SimError } from '../../../src/errors.ts'
import { adamStep } from '../adam-step.ts'
import { initialWeights } from '../initial-weights.ts'
import {
  type Adam,
  type LayerLayout,
  layersOf,
  type Network,
  type NetworkSpec,
  type NetworkState,
  parameterCount,
} from '../network.ts'
import type { Tfjs } from './load-tfjs.ts'

export class TfjsNetwork implements Network {
  readonly backend: string
  readonly spec: NetworkSpec
  readonly parameterCount: number
  private readonly tf: Tfjs
  private readonly towers: readonly (readonly LayerLayout[])[]
  private parameters: Tensor1D
  private mean: Tensor1D
  private square: Tensor1D
  private gradients: Tensor1D
  private steps = 0
  /** Weights and biases of each tower's layers in turn: slices of `parameters`. */
  private slices: (Tensor2D | Tensor1D)[][] = []
  private batch: Tensor2D
  private outputGradients: readonly Float32Array[] = []

  constructor(tf: Tfjs, backend: string, spec: NetworkSpec, seed: number | string) {
    this.tf = tf
    this.backend = backend
    this.spec = spec
    this.parameterCount = parameterCount(spec)
    this.towers = spec.towers.map((_, tower) => layersOf(spec).filter((layer) => layer.tower === tower))
    this.parameters = tf.tensor1d(initialWeights(spec, seed))
    this.mean = tf.zeros([this.parameterCount])
    this.square = tf.zeros([this.parameterCount])
    this.gradients = tf.zeros([this.parameterCount])
    this.batch = tf.zeros([0, spec.inputs])
    this.slice()
  }

  forward(batch: Float32Array, rows: number): readonly Float32Array[] {
    const { tf, spec } = this
    const size = rows * spec.inputs
    if (rows > spec.maxBatch || batch.length < size) {
      throw new SimError(
        'batch-size',
        `cannot take ${rows} rows from ${batch.length} floats. At most ${spec.maxBatch} rows of ${spec.inputs}.`,
      )
    }
    this.batch.dispose()
    this.batch = tf.tensor2d(batch.slice(0, size), [rows, spec.inputs])
    return this.towers.map((_, t) =>
      tf.tidy(() => this.tower(t, this.batch, this.slices[t]!).dataSync<'float32'>()),
    )
  }

  backward(outputGradients: readonly Float32Array[]): void {
    const { tf, batch } = this
    const rows = batch.shape[0]
    this.outputGradients = outputGradients.map((gradient, t) => gradient.slice(0, rows * this.width(t)))
    const gradients = tf.tidy(() => {
      const parts = this.towers.flatMap((_, t) => {
        const product = tf.grads((...slices) => this.tower(t, batch, slices as Tensor2D[]))
        return product(this.slices[t]!, this.outputGradient(t)).map((gradient) => tf.reshape(gradient, [-1]))
      })
      return tf.concat1d(parts as Tensor1D[])
    })
    this.gradients.dispose()
    this.gradients = gradients
  }

  inputGradient(): Float32Array {
    const { tf, batch } = this
    return tf.tidy(() => {
      const parts = this.towers.map((_, t) =>
        tf.grad((x) => this.tower(t, x as Tensor2D, this.slices[t]!))(batch, this.outputGradient(t)),
      )
      return tf.addN(parts).dataSync<'float32'>()
    })
  }

  step(optimiser: Adam): number {
    const { tf } = this
    const norm = Math.sqrt(tf.tidy(() => tf.sum(tf.square(this.gradients)).dataSync()[0]!))
    const { scale, beta1, beta2, rate, inverseRoot, epsilon } = adamStep(optimiser, norm, ++this.steps)
    const [parameters, mean, square] = tf.tidy(() => {
      const g = tf.mul(this.gradients, scale)
      const m = tf.add(tf.mul(this.mean, beta1), tf.mul(g, 1 - beta1))
      const v = tf.add(tf.mul(this.square, beta2), tf.mul(tf.square(g), 1 - beta2))
      const change = tf.div(tf.mul(m, rate), tf.add(tf.mul(tf.sqrt(v), inverseRoot), epsilon))
      return [tf.sub(this.parameters, change), m, v] as [Tensor1D, Tensor1D, Tensor1D]
    })
    this.replace(parameters, mean, square)
    return norm
  }

  weights(): Float32Array {
    return this.parameters.dataSync<'float32'>().slice()
  }

  gradient(): Float32Array {
    return this.gradients.dataSync<'float32'>().slice()
  }

  setWeights(weights: Float32Array): void {
    if (weights.length !== this.parameterCount) {
      throw new SimError(
        'weights-size',
        `expected ${this.parameterCount} parameters, got ${weights.length}. The network has another shape.`,
      )
    }
    this.parameters.dispose()
    this.parameters = this.tf.tensor1d(weights.slice())
    this.slice()
  }

  save(): NetworkState {
    return {
      weights: this.weights(),
      mean: this.mean.dataSync<'float32'>().slice(),
      square: this.square.dataSync<'float32'>().slice(),
      steps: this.steps,
    }
  }

  load(state: NetworkState): void {
    const { tf } = this
    this.setWeights(state.weights)
    this.mean.dispose()
    this.square.dispose()
    this.mean = tf.tensor1d(state.mean.slice())
    this.square = tf.tensor1d(state.square.slice())
    this.steps = state.steps
  }

  dispose(): void {
    const { parameters, mean, square, gradients, batch, slices } = this
    for (const tensor of [parameters, mean, square, gradients, batch, ...slices.flat()]) tensor.dispose()
    this.slices = []
  }

  private tower(t: number, x: Tensor2D, slices: readonly (Tensor2D | Tensor1D)[]): Tensor2D {
    const { tf } = this
    let y = x
    this.towers[t]!.forEach(({ activation }, i) => {
      y = tf.fused.matMul({
        a: y,
        b: slices[2 * i]!,
        bias: slices[2 * i + 1]!,
        activation: 'linear',
      }) as Tensor2D
      if (activation !== 'linear') y = activation === 'tanh' ? tf.tanh(y) : tf.relu(y)
    })
    return y
  }

  private width(t: number): number {
    return this.towers[t]!.at(-1)!.units
  }

  private outputGradient(t: number): Tensor2D {
    return this.tf.tensor2d(this.outputGradients[t]!, [this.batch.shape[0], this.width(t)])
  }

  private replace(parameters: Tensor1D, mean: Tensor1D, square: Tensor1D): void {
    for (const old of [this.parameters, this.mean, this.square]) old.dispose()
    this.parameters = parameters
    this.mean = mean
    this.square = square
    this.slice()
  }

  private slice(): void {
    const { tf, parameters } = this
    for (const old of this.slices.flat()) old.dispose()
    this.slices = this.towers.map((tower) =>
      tower.flatMap(({ inputs, units, weightsAt, biasesAt }) => [
        tf.tidy(
          () => tf.reshape(tf.slice1d(parameters, weightsAt, inputs * units), [inputs, units]) as Tensor2D,
        ),
        tf.slice1d(parameters, biasesAt, units),
      ]),
    )
  }
}
