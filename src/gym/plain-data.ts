/** Copies and bitwise comparison of plain data, so that an environment which reuses its arrays does no harm. */
import { describe } from './spaces/json-number.ts'

/**
 * A deep copy of the enumerable data: what is not enumerable (`info.view`) is left out, functions and
 * objects without enumerable data stay as they are, instances of classes become plain objects.
 */
export function copyData(x: unknown): unknown {
  if (typeof x !== 'object' || x === null) return x
  if (ArrayBuffer.isView(x) && 'slice' in x) return (x as Float64Array).slice()
  if (Array.isArray(x)) return x.map(copyData)
  if (x instanceof Map) return new Map([...x].map(([key, value]) => [key, copyData(value)]))
  if (x instanceof Set) return new Set([...x].map(copyData))
  const entries = Object.entries(x)
  const prototype: unknown = Object.getPrototypeOf(x)
  // Such as a date.
  if (entries.length === 0 && prototype !== Object.prototype && prototype !== null) return x
  return Object.fromEntries(entries.map(([key, value]) => [key, copyData(value)]))
}

/** Where two values first differ, bit for bit (0 is not -0, NaN is NaN); undefined when nowhere. */
export function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (Object.is(a, b)) return undefined
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return unequal(a, b, path)
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return unequal(a, b, path)
  if (Array.isArray(a) || ArrayBuffer.isView(a)) {
    return firstElement(a as unknown as ArrayLike<unknown>, b as unknown as ArrayLike<unknown>, path)
  }
  if (a instanceof Map || a instanceof Set) return firstElement([...a], [...(b as Set<unknown>)], path)
  // Objects that stand for a primitive, such as a date.
  const [p, q] = [a.valueOf(), b.valueOf()]
  if (typeof p !== 'object' && !Object.is(p, q)) return unequal(p, q, path)
  const keys = Object.keys(a)
  const others = new Set(Object.keys(b))
  for (const key of keys) if (!others.has(key)) return `${path}.${key} is only in the first`
  for (const key of others) if (!Object.hasOwn(a, key)) return `${path}.${key} is only in the second`
  for (const key of keys) {
    const found = firstDifference(read(a, key), read(b, key), `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function firstElement(a: ArrayLike<unknown>, b: ArrayLike<unknown>, path: string): string | undefined {
  if (a.length !== b.length) return `${path} has ${a.length} elements against ${b.length}`
  for (let i = 0; i < a.length; i++) {
    const found = firstDifference(a[i], b[i], `${path}[${i}]`)
    if (found !== undefined) return found
  }
  return undefined
}

function read(x: object, key: string): unknown {
  return (x as Record<string, unknown>)[key]
}

function unequal(a: unknown, b: unknown, path: string): string {
  return `${path} is ${describe(a)} against ${describe(b)}`
}
