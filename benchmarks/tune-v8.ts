/**
 * The simulator's loop is many small functions, more than V8 inlines by default. A process of ours that simulates
 * raises the limits before it starts; a program that uses the library can do the same, or pass the flags to node.
 */
import { setFlagsFromString } from 'node:v8'

/** Bytes of bytecode: of one function that is inlined, of all in one function, and where no more is tried. */
const LIMITS = {
  /** Compiled in some tenths of a second. */
  short: { each: 1000, together: 4000, absolute: 4600 },
  /** A sixth faster again, for half a second more of compiling: from some seconds of simulating on. */
  long: { each: 1000, together: 16_000, absolute: 32_000 },
}

/**
 * Percent by which old objects may grow before they are collected. What observations lie in is not on the heap but
 * counts, for the moment that it lives: with what V8 allows, often a half, it collects several times a second.
 */
const GROWTH = 200

/** `work`: for how long the process, or what it does next, simulates in one thread. */
export function tuneV8(work: keyof typeof LIMITS = 'short'): void {
  const { each, together, absolute } = LIMITS[work]
  setFlagsFromString(`--max-inlined-bytecode-size=${each}`)
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${together}`)
  setFlagsFromString(`--max-inlined-bytecode-size-absolute=${absolute}`)
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
}
