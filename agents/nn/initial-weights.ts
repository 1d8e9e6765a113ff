/**
 * Orthogonal initial weights (Saxe, McClelland, Ganguli, 2014) in float64 from a named stream, rounded to float32
 * at the end: every backend starts with the same bits.
 */
import { normalQuantile, Stream } from '../../src/random/index.ts'
import { layersOf, type NetworkSpec, parameterCount } from './network.ts'

export function initialWeights(spec: NetworkSpec, seed: number | string): Float32Array {
  const weights = new Float32Array(parameterCount(spec))
  layersOf(spec).forEach((layer, i) => {
    const stream = Stream.derive(seed, `weights/${i}`)
    const matrix = orthogonal(layer.inputs, layer.units, stream)
    for (let k = 0; k < matrix.length; k++) weights[layer.weightsAt + k] = layer.gain * matrix[k]!
  })
  return weights
}

/** rows x columns with orthonormal rows or columns, whichever are fewer: Gram-Schmidt, twice, on normal vectors. */
export function orthogonal(rows: number, columns: number, stream: Stream): Float64Array {
  const count = Math.min(rows, columns)
  const length = Math.max(rows, columns)
  const vectors: Float64Array[] = []
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => normalQuantile(1 - stream.next()))
    // Once leaves an error of the order of the cancellation; twice is enough (Kahan and Parlett).
    for (let pass = 0; pass < 2; pass++) for (const other of vectors) subtractProjection(vector, other)
    const norm = Math.sqrt(dot(vector, vector))
    // A draw within the others' span, or an infinite quantile, is repeated; it practically never happens.
    if (!(norm > 1e-6 && norm < 1e6)) continue
    for (let k = 0; k < length; k++) vector[k]! /= norm
    vectors.push(vector)
  }
  const matrix = new Float64Array(rows * columns)
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < length; k++) {
      matrix[rows <= columns ? i * columns + k : k * columns + i] = vectors[i]![k]!
    }
  }
  return matrix
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const share = dot(vector, unit)
  for (let k = 0; k < vector.length; k++) vector[k]! -= share * unit[k]!
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}
