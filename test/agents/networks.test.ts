import { describe, expect, test } from 'vitest'
import { initialWeights, orthogonal } from '../../agents/nn/initial-weights.ts'
import { instantiateKernel } from '../../agents/nn/kernel/kernel.ts'
import { KernelNetwork } from '../../agents/nn/kernel/kernel-network.ts'
import { mlp, type Network, type NetworkFactory } from '../../agents/nn/network.ts'
import { loadTfjs } from '../../agents/nn/tfjs/load-tfjs.ts'
import { Stream } from '../../src/random/stream.ts'
import { maxDifference, SPECS, uniforms } from './nn-samples.ts'

const kernel: NetworkFactory = (spec, seed) => new KernelNetwork(spec, seed)
const tfjs = await loadTfjs({ backend: 'wasm' })

/** Float32 sums of up to 64 terms of size 1 and two layers of them. */
const TOLERANCE = 1e-5

/** The loss sum(outputs x output gradients), whose gradient at the outputs is just that, in float64. */
function loss(network: Network, batch: Float32Array, rows: number, dy: readonly Float32Array[]): number {
  const outputs = network.forward(batch, rows)
  return dy.reduce((sum, g, t) => g.reduce((inner, value, i) => inner + value * outputs[t]![i]!, sum), 0)
}

describe.each(SPECS)('%s', (_name, spec) => {
  const rows = 70
  const batch = uniforms(rows * spec.inputs, 'batch', 2)
  const dy = spec.towers.map((tower, t) => uniforms(rows * tower.at(-1)!.units, `dy${t}`))

  test('the kernel and TensorFlow.js start from the same weights and agree on outputs and gradients', () => {
    const a = kernel(spec, 7)
    const b = tfjs(spec, 7)
    expect(a.weights()).toEqual(b.weights())
    for (const count of [1, 2, 3, 4, 5, 70]) {
      const outputs = a.forward(batch, count)
      const expected = b.forward(batch, count)
      outputs.forEach((output, t) => {
        expect(maxDifference(output.slice(0, expected[t]!.length), expected[t]!)).toBeLessThan(TOLERANCE)
      })
    }
    a.backward(dy)
    b.backward(dy)
    const scale = Math.max(1, ...b.gradient().map(Math.abs))
    expect(maxDifference(a.gradient(), b.gradient()) / scale).toBeLessThan(TOLERANCE)
    expect(maxDifference(a.inputGradient(), b.inputGradient())).toBeLessThan(TOLERANCE)
    b.dispose()
  })

  test('ten steps of Adam with a clipped norm lead both to the same weights', () => {
    const a = kernel(spec, 7)
    const b = tfjs(spec, 7)
    const optimiser = { learningRate: 0.01, maxGradNorm: 0.5 }
    for (let i = 0; i < 10; i++) {
      for (const network of [a, b]) {
        network.forward(batch, rows)
        network.backward(dy)
      }
      const norm = a.step(optimiser)
      expect(Math.abs(b.step(optimiser) / norm - 1)).toBeLessThan(1e-4)
      expect(norm).toBeGreaterThan(0.5)
    }
    expect(maxDifference(a.weights(), initialWeights(spec, 7))).toBeGreaterThan(0.01)
    // Adam divides by the gradient's own size, so that a rounding error of a tiny gradient is not tiny in the weight.
    expect(maxDifference(a.weights(), b.weights())).toBeLessThan(1e-3)
    b.dispose()
  })

  test('the gradient is the limit of difference quotients', () => {
    const network = kernel(spec, 7)
    network.forward(batch, rows)
    network.backward(dy)
    const gradient = network.gradient()
    const inputs = network.inputGradient()
    const weights = network.weights()
    const scale = Math.max(...gradient.map(Math.abs))
    // Wide enough that float32 rounding of the loss does not matter, narrow enough for the third derivative.
    const h = 2e-3
    const quotient = (at: Float32Array, i: number, evaluate: () => number): number => {
      const kept = at[i]!
      at[i] = kept + h
      const above = evaluate()
      const up = at[i]!
      at[i] = kept - h
      const below = evaluate()
      const down = at[i]!
      at[i] = kept
      return (above - below) / (up - down)
    }
    const atWeights = (): number => {
      network.setWeights(weights)
      return loss(network, batch, rows, dy)
    }
    const stride = Math.max(1, Math.floor(weights.length / 60))
    const errors: number[] = []
    for (let i = 0; i < weights.length; i += stride)
      errors.push(Math.abs(quotient(weights, i, atWeights) - gradient[i]!) / scale)
    network.setWeights(weights)
    for (let i = 0; i < inputs.length; i += 29) {
      errors.push(Math.abs(quotient(batch, i, () => loss(network, batch, rows, dy)) - inputs[i]!))
    }
    // A kink of relu within h of a sum spoils single quotients.
    errors.sort((x, y) => x - y)
    expect(errors[Math.floor(errors.length * 0.9)]).toBeLessThan(3e-3)
    if (!spec.towers.flat().some((layer) => layer.activation === 'relu'))
      expect(errors.at(-1)).toBeLessThan(1e-2)
  })

  test('a row of a batch has the bits of the same row alone', () => {
    const network = kernel(spec, 7)
    const together = network.forward(batch, rows).map((output) => output.slice())
    for (const row of [0, 1, 37, 69]) {
      const alone = network.forward(batch.slice(row * spec.inputs, (row + 1) * spec.inputs), 1)
      together.forEach((output, t) => {
        const width = spec.towers[t]!.at(-1)!.units
        expect(alone[t]!.slice(0, width)).toEqual(output.slice(row * width, (row + 1) * width))
      })
    }
  })

  test('a saved state continues with the same bits, in the other backend with the same numbers', () => {
    const train = (network: Network): void => {
      network.forward(batch, rows)
      network.backward(dy)
      network.step({ learningRate: 0.01 })
    }
    const a = kernel(spec, 7)
    train(a)
    const b = kernel(spec, 8)
    b.load(a.save())
    const c = tfjs(spec, 8)
    c.load(a.save())
    expect(c.weights()).toEqual(a.weights())
    for (const network of [a, b, c]) train(network)
    expect(b.save()).toEqual(a.save())
    expect(maxDifference(c.weights(), a.weights())).toBeLessThan(1e-3)
    c.dispose()
  })
})

describe('the kernel', () => {
  test('computes tanh with a relative error below 4e-7, odd, within [-1, 1], and keeps NaN', () => {
    const n = 400_000
    const { kernel: functions, memory } = instantiateKernel(4 * n + 16)
    const values = new Float32Array(memory, 16, n)
    const inputs = Float32Array.from({ length: n }, (_, i) =>
      // Half of them evenly on [0, 12], half evenly on a logarithmic scale down to 1e-30.
      i % 2 === 0 ? (12 * i) / n : Math.exp((-69 * i) / n),
    )
    const tanh = (xs: Float32Array): Float32Array => {
      values.set(xs)
      functions.tanhInPlace(16, n / 4)
      return values.slice()
    }
    const outputs = tanh(inputs)
    let worst = 0
    for (let i = 2; i < n; i++) worst = Math.max(worst, Math.abs(outputs[i]! / Math.tanh(inputs[i]!) - 1))
    expect(worst).toBeLessThan(4e-7)
    expect(outputs.every((y) => y >= 0 && y <= 1)).toBe(true)
    expect(
      maxDifference(
        tanh(inputs.map((x) => -x)),
        outputs.map((y) => -y),
      ),
    ).toBe(0)
    expect([...tanh(new Float32Array(n).fill(Number.NaN)).slice(0, 4)]).toEqual([NaN, NaN, NaN, NaN])
    expect(tanh(new Float32Array(n).fill(Number.POSITIVE_INFINITY))[0]).toBeCloseTo(1, 6)
  })

  test('lets hundreds of networks live side by side', () => {
    const networks = Array.from({ length: 300 }, (_, i) =>
      kernel({ inputs: 3, towers: [mlp([8], 2)], maxBatch: 1 }, i),
    )
    const x = Float32Array.of(0.1, 0.2, 0.3)
    const outputs = networks.map((network) => network.forward(x, 1)[0]![0])
    expect(new Set(outputs).size).toBe(300)
  })

  test('refuses a batch that does not fit and weights of another shape', () => {
    const network = kernel({ inputs: 3, towers: [mlp([8], 2)], maxBatch: 2 }, 1)
    expect(() => network.forward(new Float32Array(9), 3)).toThrow(/At most 2 rows of 3/)
    expect(() => network.forward(new Float32Array(5), 2)).toThrow(/cannot take 2 rows from 5 floats/)
    expect(() => network.setWeights(new Float32Array(5))).toThrow(/expected 50 parameters, got 5/)
  })
})

describe('TensorFlow.js', () => {
  test('says which backend it picked, once, and why not the native one where that is missing', async () => {
    const messages: string[] = []
    const networks = await loadTfjs({ onPick: (message) => messages.push(message) })
    expect(messages).toHaveLength(1)
    const { backend } = networks({ inputs: 1, towers: [mlp([], 1)], maxBatch: 1 }, 1)
    expect(messages[0]).toContain(`backend ${backend.replace('tfjs-', '')}`)
    if (backend !== 'tfjs-node') expect(messages[0]).toMatch(/node does not work here \(.+\)/)
  })

  test('leaves no tensor behind after training and dispose', async () => {
    const tf = await import('@tensorflow/tfjs-core')
    const before = tf.memory().numTensors
    const network = tfjs({ inputs: 2, towers: [mlp([3], 2)], maxBatch: 4 }, 1)
    for (let i = 0; i < 5; i++) {
      network.forward(new Float32Array(8), 4)
      network.backward([new Float32Array(8).fill(1)])
      network.inputGradient()
      network.step({ learningRate: 0.1 })
    }
    network.load(network.save())
    network.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('initial weights', () => {
  test.each([
    [5, 5],
    [3, 64],
    [64, 3],
  ])('of %i x %i are orthonormal along the shorter side', (rows, columns) => {
    const m = orthogonal(rows, columns, Stream.derive(1, 'm'))
    const tall = rows >= columns
    const count = Math.min(rows, columns)
    const at = (v: number, k: number): number => m[tall ? k * columns + v : v * columns + k]!
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0
        for (let k = 0; k < Math.max(rows, columns); k++) product += at(a, k) * at(b, k)
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-12)
      }
    }
  })

  test('depend on the seed and carry the gain', () => {
    const spec = { inputs: 4, towers: [mlp([], 1, { outputGain: 0.01 })], maxBatch: 1 }
    expect(initialWeights(spec, 1)).not.toEqual(initialWeights(spec, 2))
    expect(Math.hypot(...initialWeights(spec, 1))).toBeCloseTo(0.01, 8)
  })
})
