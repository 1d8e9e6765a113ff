import { mlp, type NetworkSpec } from '../../agents/nn/network.ts'
import { Stream } from '../../src/random/stream.ts'

/** Shapes that meet every path of the kernel: widths of all remainders modulo 4, one and two towers, both activations. */
export const SPECS: readonly (readonly [string, NetworkSpec])[] = [
  [
    '4-64-64-2 and 4-64-64-1, tanh',
    { inputs: 4, towers: [mlp([64, 64], 2), mlp([64, 64], 1)], maxBatch: 70 },
  ],
  ['7-33-18-5, relu', { inputs: 7, towers: [mlp([33, 18], 5, { activation: 'relu' })], maxBatch: 70 }],
  ['1-3-1, tanh', { inputs: 1, towers: [mlp([3], 1)], maxBatch: 70 }],
  ['13-6, linear', { inputs: 13, towers: [mlp([], 6)], maxBatch: 70 }],
]

export function uniforms(length: number, name: string, scale = 1): Float32Array {
  const stream = Stream.derive(1, name)
  return Float32Array.from({ length }, () => scale * (2 * stream.next() - 1))
}

export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let max = a.length === b.length ? 0 : Number.NaN
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i]! - b[i]!))
  return max
}
