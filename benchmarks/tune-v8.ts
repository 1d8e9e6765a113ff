/**
 * The simulator's loop is many small functions, more than V8 inlines by default. A process of ours that simulates
 * raises the limits before it starts; a program that uses the library can do the same, or pass the flags to node.
 */
import { setFlagsFromString } from 'node:v8'

export function tuneV8(): void {
  setFlagsFromString('--max-inlined-bytecode-size=1000')
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000')
}
