/**
 * Messages between Python and this process: a length (u32, little-endian) and a msgpack value. A msgpack `bin` is
 * always an array: dtype code, number of dimensions, dimensions (u32 each), raw little-endian elements.
 */
import { unpack } from 'msgpackr'
import { SimError } from '../../src/errors.ts'

export type WireArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array

/** By their code. */
const ARRAYS: readonly (new (buffer: ArrayBuffer) => WireArray)[] = [
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
]

const CODES: ReadonlyMap<unknown, number> = new Map(ARRAYS.map((type, code) => [type, code]))
const encoder = new TextEncoder()

/**
 * Writes one message after the other into the same memory. Every number is a float64, whole or not: a value that is
 * now 0 and now 0.5 has one type in Python.
 */
export class MessageWriter {
  private bytes: Uint8Array = new Uint8Array(1 << 16)
  private view: DataView = new DataView(this.bytes.buffer)
  private at = 4

  begin(): this {
    this.at = 4
    return this
  }

  /** The message with its length before it; valid until the next `begin`. */
  end(): Uint8Array {
    this.view.setUint32(0, this.at - 4, true)
    return this.bytes.subarray(0, this.at)
  }

  nil(): this {
    return this.byte(0xc0)
  }

  boolean(value: boolean): this {
    return this.byte(value ? 0xc3 : 0xc2)
  }

  number(value: number): this {
    this.reserve(9)
    this.bytes[this.at] = 0xcb
    this.view.setFloat64(this.at + 1, value)
    this.at += 9
    return this
  }

  text(value: string): this {
    const { length } = value
    if (length > 31) return this.longText(value)
    this.reserve(1 + length)
    const { bytes, at } = this
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return this.longText(value)
      bytes[at + 1 + i] = code
    }
    bytes[at] = 0xa0 | length
    this.at = at + 1 + length
    return this
  }

  list(length: number): this {
    return this.counted(0xdd, length)
  }

  map(length: number): this {
    return this.counted(0xdf, length)
  }

  /** A map whose size is known when it is closed; gives the place to close it at. */
  openMap(): number {
    this.map(0)
    return this.at - 4
  }

  closeMap(at: number, length: number): void {
    this.view.setUint32(at, length)
  }

  array(data: WireArray, shape: readonly number[] = [data.length]): this {
    const header = 2 + 4 * shape.length
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    this.counted(0xc6, header + raw.length)
    this.reserve(header + raw.length)
    this.bytes[this.at] = CODES.get(data.constructor)!
    this.bytes[this.at + 1] = shape.length
    shape.forEach((side, i) => this.view.setUint32(this.at + 2 + 4 * i, side, true))
    this.bytes.set(raw, this.at + header)
    this.at += header + raw.length
    return this
  }

  /** Plain data. What is undefined or a function is left out of a map. */
  value(x: unknown): this {
    if (typeof x === 'number') return this.number(x)
    if (typeof x === 'string') return this.text(x)
    if (typeof x === 'boolean') return this.boolean(x)
    if (typeof x !== 'object' || x === null) return this.nil()
    if (CODES.has(x.constructor)) return this.array(x as WireArray)
    if (Array.isArray(x)) {
      this.list(x.length)
      for (const element of x) this.value(element)
      return this
    }
    const entries = x as Readonly<Record<string, unknown>>
    const sizeAt = this.openMap()
    let size = 0
    for (const key of Object.keys(entries)) {
      const value = entries[key]
      if (value === undefined || typeof value === 'function') continue
      this.text(key).value(value)
      size++
    }
    this.closeMap(sizeAt, size)
    return this
  }

  private longText(value: string): this {
    const raw = encoder.encode(value)
    this.counted(0xdb, raw.length)
    this.reserve(raw.length)
    this.bytes.set(raw, this.at)
    this.at += raw.length
    return this
  }

  private counted(tag: number, length: number): this {
    this.reserve(5)
    this.bytes[this.at] = tag
    this.view.setUint32(this.at + 1, length)
    this.at += 5
    return this
  }

  private byte(value: number): this {
    this.reserve(1)
    this.bytes[this.at++] = value
    return this
  }

  private reserve(more: number): void {
    const needed = this.at + more
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(2 * needed)
    grown.set(this.bytes)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}

/** A message without its length. Arrays are copies, so that the memory may be used again. */
export function readMessage(bytes: Uint8Array): unknown {
  return arraysOf(unpack(bytes))
}

function arraysOf(x: unknown): unknown {
  if (typeof x !== 'object' || x === null) return x
  if (x instanceof Uint8Array) return readArray(x)
  if (Array.isArray(x)) return x.map(arraysOf)
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, arraysOf(value)]))
}

function readArray(bytes: Uint8Array): WireArray {
  const type = ARRAYS[bytes[0]!]
  if (type === undefined) throw new SimError('protocol', `unknown element type ${bytes[0]} in a message`)
  // Not slice(): that of a Buffer is a view of memory which has other things in it.
  return new type(new Uint8Array(bytes.subarray(2 + 4 * bytes[1]!)).buffer)
}
