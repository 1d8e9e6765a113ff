/** A WebAssembly module of one function, `a`: the first lane of (7, 7, 7, 7) + (5, 5, 5, 5). */
const MODULE = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // Type: () -> i32. Function 0 has it. Exported as `a`.
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x61, 0x00, 0x00],
  // Code: i32.const 7, i32x4.splat, i32.const 5, i32x4.splat, i32x4.add, i32x4.extract_lane 0.
  ...[0x0a, 0x12, 0x01, 0x10, 0x00, 0x41, 0x07, 0xfd, 0x11, 0x41, 0x05, 0xfd, 0x11],
  ...[0xfd, 0xae, 0x01, 0xfd, 0x1b, 0x00, 0x0b],
]

// The part of the WebAssembly API in use; the compiler's library for Node does not declare it.
type WebAssemblyApi = {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: { a(): number } }
}

/** Whether this runtime compiles SIMD instructions and adds correctly with them. */
export function simdWorks(): boolean {
  try {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly
    return new Instance(new Module(Uint8Array.from(MODULE))).exports.a() === 12
  } catch {
    return false
  }
}
