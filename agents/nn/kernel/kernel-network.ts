/**
 * A network on the WebAssembly kernel. This file lays out the memory: parameters, gradient and Adam's means as four
 * vectors of one layout, then activations and their gradients per layer. Widths are padded to 4 with zeros, which
 * stay zero: a padded column has no gradient.
 */
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
} from '../network.ts'
import { ACTIVATIONS, instantiateKernel, type Kernel } from './kernel.ts'

/** Addresses in bytes. */
type Layer = LayerLayout & {
  /** `units` padded to a multiple of 4. */
  readonly columns: number
  readonly activationCode: number
  readonly w: number
  readonly b: number
  readonly dw: number
  readonly db: number
  readonly y: number
  readonly dz: number
  /** The input of the layer and the floats in a row of it. */
  readonly x: number
  readonly xRow: number
}

export class KernelNetwork implements Network {
  readonly backend = 'kernel'
  readonly spec: NetworkSpec
  readonly parameterCount: number
  private readonly kernel: Kernel
  private readonly floats: Float32Array
  private readonly towers: readonly (readonly Layer[])[]
  /** Addresses of the four vectors and the floats in each. */
  private readonly parameters: number
  private readonly gradients: number
  private readonly mean: number
  private readonly square: number
  private readonly padded: number
  /** Address and padded width of the input's gradient; room for a transposed matrix. */
  private readonly dInput: number
  private readonly inputColumns: number
  private readonly transposed: number
  private readonly input: number
  private readonly outputs: readonly Float32Array[]
  private rows = 0
  private steps = 0

  constructor(spec: NetworkSpec, seed: number | string) {
    this.spec = spec
    const layers = layersOf(spec)
    this.parameterCount = layers.reduce((sum, layer) => sum + (layer.inputs + 1) * layer.units, 0)
    this.inputColumns = padTo4(spec.inputs)
    this.padded = layers.reduce((sum, layer) => sum + (layer.inputs + 1) * padTo4(layer.units), 0)

    // Address 0 stays unused: the kernel reads it as "none".
    let end = 16
    const room = (floats: number): number => {
      const at = end
      end += 4 * padTo4(floats)
      return at
    }
    this.parameters = room(this.padded)
    this.gradients = room(this.padded)
    this.mean = room(this.padded)
    this.square = room(this.padded)
    this.input = room(spec.maxBatch * spec.inputs)
    this.dInput = room(spec.maxBatch * this.inputColumns)
    this.transposed = room(Math.max(...layers.map((layer) => padTo4(layer.units) * padTo4(layer.inputs))))

    let at = 0
    let previous: Layer | undefined
    const placed = layers.map((layer): Layer => {
      const columns = padTo4(layer.units)
      const biases = at + 4 * layer.inputs * columns
      const first = layer.depth === 0
      previous = {
        ...layer,
        columns,
        activationCode: ACTIVATIONS[layer.activation],
        w: this.parameters + at,
        b: this.parameters + biases,
        dw: this.gradients + at,
        db: this.gradients + biases,
        y: room(spec.maxBatch * columns),
        dz: room(spec.maxBatch * columns),
        x: first ? this.input : previous!.y,
        xRow: first ? spec.inputs : previous!.columns,
      }
      at = biases + 4 * columns
      return previous
    })
    this.towers = spec.towers.map((_, tower) => placed.filter((layer) => layer.tower === tower))
    this.outputs = this.towers.map((tower) => new Float32Array(spec.maxBatch * tower.at(-1)!.units))

    const { kernel, memory } = instantiateKernel(end)
    this.kernel = kernel
    this.floats = new Float32Array(memory)
    this.setWeights(initialWeights(spec, seed))
  }

  forward(batch: Float32Array, rows: number): readonly Float32Array[] {
    const { kernel, floats, towers, outputs, spec } = this
    const size = rows * spec.inputs
    if (rows > spec.maxBatch || batch.length < size) {
      throw new SimError(
        'batch-size',
        `cannot take ${rows} rows from ${batch.length} floats. At most ${spec.maxBatch} rows of ${spec.inputs}.`,
      )
    }
    const input = this.input >> 2
    if (batch.length === size) floats.set(batch, input)
    else for (let i = 0; i < size; i++) floats[input + i] = batch[i]!
    this.rows = rows
    for (let t = 0; t < towers.length; t++) {
      const tower = towers[t]!
      for (let i = 0; i < tower.length; i++) {
        const layer = tower[i]!
        kernel.dense(
          layer.x,
          layer.xRow,
          layer.w,
          layer.b,
          layer.y,
          rows,
          layer.inputs,
          layer.columns,
          layer.activationCode,
        )
      }
      const { units, columns, y } = tower[tower.length - 1]!
      copyRows(floats, y >> 2, columns, outputs[t]!, 0, units, rows, units)
    }
    return outputs
  }

  backward(outputGradients: readonly Float32Array[]): void {
    const { kernel, floats, towers, rows } = this
    for (let t = 0; t < towers.length; t++) {
      const tower = towers[t]!
      const last = tower[tower.length - 1]!
      copyRows(outputGradients[t]!, 0, last.units, floats, last.dz >> 2, last.columns, rows, last.units)
      for (let i = tower.length - 1; i >= 0; i--) {
        const layer = tower[i]!
        kernel.gradientOfWeights(
          layer.x,
          layer.xRow,
          layer.dz,
          layer.dw,
          layer.db,
          rows,
          layer.inputs,
          layer.columns,
        )
        if (i === 0) break
        const below = tower[i - 1]!
        kernel.gradientOfInputs(
          layer.dz,
          layer.w,
          this.transposed,
          below.y,
          below.dz,
          rows,
          layer.units,
          layer.columns,
          layer.inputs,
          below.columns,
          below.activationCode,
        )
      }
    }
  }

  inputGradient(): Float32Array {
    const { kernel, floats, rows, inputColumns, spec } = this
    const sum = new Float32Array(rows * spec.inputs)
    const part = new Float32Array(rows * spec.inputs)
    for (const [layer] of this.towers) {
      const { dz, w, units, columns, inputs } = layer!
      kernel.gradientOfInputs(
        dz,
        w,
        this.transposed,
        0,
        this.dInput,
        rows,
        units,
        columns,
        inputs,
        inputColumns,
        ACTIVATIONS.linear,
      )
      copyRows(floats, this.dInput >> 2, inputColumns, part, 0, inputs, rows, inputs)
      for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!
    }
    return sum
  }

  step(optimiser: Adam): number {
    const { kernel, parameters, gradients, mean, square, padded } = this
    const norm = Math.sqrt(kernel.sumOfSquares(gradients, padded))
    const { scale, beta1, beta2, rate, inverseRoot, epsilon } = adamStep(optimiser, norm, ++this.steps)
    kernel.adam(parameters, gradients, mean, square, padded, scale, beta1, beta2, rate, inverseRoot, epsilon)
    return norm
  }

  weights(): Float32Array {
    return this.read(this.parameters)
  }

  gradient(): Float32Array {
    return this.read(this.gradients)
  }

  setWeights(weights: Float32Array): void {
    this.write(weights, this.parameters)
  }

  save(): NetworkState {
    return {
      weights: this.weights(),
      mean: this.read(this.mean),
      square: this.read(this.square),
      steps: this.steps,
    }
  }

  load(state: NetworkState): void {
    this.setWeights(state.weights)
    this.write(state.mean, this.mean)
    this.write(state.square, this.square)
    this.steps = state.steps
  }

  dispose(): void {}

  private read(vector: number): Float32Array {
    const out = new Float32Array(this.parameterCount)
    this.eachMatrix(vector, (at, columns, index, units, rows) =>
      copyRows(this.floats, at, columns, out, index, units, rows, units),
    )
    return out
  }

  private write(values: Float32Array, vector: number): void {
    if (values.length !== this.parameterCount) {
      throw new SimError(
        'weights-size',
        `expected ${this.parameterCount} parameters, got ${values.length}. The network has another shape.`,
      )
    }
    this.eachMatrix(vector, (at, columns, index, units, rows) =>
      copyRows(values, index, units, this.floats, at, columns, rows, units),
    )
  }

  /** The matrix of every layer and its row of biases: place and width in memory, place and width in a flat vector. */
  private eachMatrix(
    vector: number,
    visit: (at: number, columns: number, index: number, units: number, rows: number) => void,
  ): void {
    const shift = vector - this.parameters
    for (const layer of this.towers.flat()) {
      visit((layer.w + shift) >> 2, layer.columns, layer.weightsAt, layer.units, layer.inputs)
      visit((layer.b + shift) >> 2, layer.columns, layer.biasesAt, layer.units, 1)
    }
  }
}

function padTo4(n: number): number {
  return (n + 3) & ~3
}

function copyRows(
  from: Float32Array,
  fromAt: number,
  fromRow: number,
  to: Float32Array,
  toAt: number,
  toRow: number,
  rows: number,
  width: number,
): void {
  for (let r = 0; r < rows; r++) {
    const a = fromAt + r * fromRow
    const b = toAt + r * toRow
    for (let i = 0; i < width; i++) to[b + i] = from[a + i]!
  }
}
