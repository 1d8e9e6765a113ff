/** The WebAssembly kernel: the same bytes in Node, a worker and a browser, compiled once per thread. */
import { wasmBase64 } from './wasm.ts'

/** Addresses are in bytes, widths and counts in floats; see `assembly/index.ts` for each function. */
export type Kernel = {
  dense(
    x: number,
    xRow: number,
    w: number,
    b: number,
    y: number,
    rows: number,
    inputs: number,
    columns: number,
    activation: number,
  ): void
  gradientOfWeights(
    x: number,
    xRow: number,
    dz: number,
    dw: number,
    db: number,
    rows: number,
    inputs: number,
    columns: number,
  ): void
  gradientOfInputs(
    dz: number,
    w: number,
    wt: number,
    y: number,
    dx: number,
    rows: number,
    outputs: number,
    columns: number,
    inputs: number,
    width: number,
    activation: number,
  ): void
  sumOfSquares(x: number, n: number): number
  adam(
    p: number,
    g: number,
    m: number,
    v: number,
    n: number,
    scale: number,
    beta1: number,
    beta2: number,
    rate: number,
    inverseRoot: number,
    epsilon: number,
  ): void
  tanhInPlace(x: number, blocks: number): void
}

export const ACTIVATIONS: { readonly linear: 0; readonly tanh: 1; readonly relu: 2 } = {
  linear: 0,
  tanh: 1,
  relu: 2,
}

// The part of the WebAssembly API in use; the compiler's library for Node does not declare it.
type Memory = { readonly buffer: ArrayBuffer }
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Memory: new (options: { initial: number }) => Memory
  Instance: new (module: object, imports: { env: { memory: Memory } }) => { readonly exports: unknown }
}

const PAGE = 65536
let compiled: object | undefined

/** A kernel with a memory of its own of at least `bytes` bytes, all zero. */
export function instantiateKernel(bytes: number): { kernel: Kernel; memory: ArrayBuffer } {
  compiled ??= new WebAssembly.Module(decodeBase64(wasmBase64))
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / PAGE)) })
  const instance = new WebAssembly.Instance(compiled, { env: { memory } })
  return { kernel: instance.exports as Kernel, memory: memory.buffer }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function decodeBase64(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let bits = 0
  let at = 0
  for (let i = 0; i < digits.length; i++) {
    bits = (bits << 6) | DIGITS.indexOf(digits[i]!)
    // After four digits there are three bytes; the last group may be shorter.
    const inGroup = i % 4
    if (inGroup > 0) bytes[at++] = (bits >> (6 - 2 * inGroup)) & 0xff
    if (inGroup === 3) bits = 0
  }
  return bytes
}
