/** Standard input and output without streams: one system call per message where the pipe holds it. */
import { readSync, writeSync } from 'node:fs'

const STDIN = 0
const STDOUT = 1
const idle = new Int32Array(new SharedArrayBuffer(4))

/** Messages of stdin, one at a time. */
export class MessageReader {
  private bytes: Uint8Array = new Uint8Array(1 << 16)
  private start = 0
  private end = 0

  /** Waits for the next message and gives it without its length, valid until the next call; undefined at the end. */
  read(): Uint8Array | undefined {
    if (!this.fill(4)) return undefined
    const view = new DataView(this.bytes.buffer, this.start, 4)
    const length = view.getUint32(0, true)
    if (!this.fill(4 + length)) return undefined
    const message = this.bytes.subarray(this.start + 4, this.start + 4 + length)
    this.start += 4 + length
    if (this.start === this.end) this.start = this.end = 0
    return message
  }

  private fill(size: number): boolean {
    while (this.end - this.start < size) {
      if (this.start + size > this.bytes.length) this.makeRoom(size)
      const count = readSome(this.bytes, this.end)
      if (count === 0) return false
      this.end += count
    }
    return true
  }

  private makeRoom(size: number): void {
    const room = size > this.bytes.length ? new Uint8Array(2 * size) : this.bytes
    room.set(this.bytes.subarray(this.start, this.end))
    this.bytes = room
    this.end -= this.start
    this.start = 0
  }
}

/** 0 at the end of the input. */
function readSome(bytes: Uint8Array, at: number): number {
  for (;;) {
    try {
      return readSync(STDIN, bytes, at, bytes.length - at, null)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      Atomics.wait(idle, 0, 0, 1)
    }
  }
}

/** False when nobody reads any more. */
export function writeMessage(bytes: Uint8Array): boolean {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(STDOUT, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return false
      if (code !== 'EAGAIN') throw error
      Atomics.wait(idle, 0, 0, 1)
    }
  }
  return true
}
