/** Small helpers over typed arrays, and over classes whose state is numbers and typed arrays. */

/**
 * 0, kept as a float64: what a field begins with that will hold fractions. With a plain 0 V8 takes it for an integer,
 * the first fraction gives its object another hidden class, and whatever holds such objects checks their class at
 * every access from then on.
 */
export const FLOAT_ZERO: number = new Float64Array(1)[0]!

export type Column = Float64Array | Int32Array | Uint8Array

/** A copy of `array` with room for `length` elements; the new ones are 0. */
export function grown<T extends Column>(array: T, length: number): T {
  const next = new (array.constructor as new (length: number) => T)(length)
  next.set(array as never)
  return next
}

/** The named fields of `object`, typed arrays copied: plain data for a snapshot. */
export function saveFields<T extends object>(
  object: T,
  fields: readonly (keyof T & string)[],
): Record<string, unknown> {
  const state: Record<string, unknown> = {}
  for (const field of fields) {
    const value: unknown = object[field]
    state[field] = ArrayBuffer.isView(value)
      ? (value as Column).slice()
      : Array.isArray(value)
        ? structuredCloneArray(value)
        : value
  }
  return state
}

/** The inverse of `saveFields`. Arrays of unchanged length are filled in place, since others may hold them. */
export function loadFields<T extends object>(
  object: T,
  fields: readonly (keyof T & string)[],
  state: unknown,
): void {
  const from = state as Record<string, unknown>
  const to = object as Record<string, unknown>
  for (const field of fields) {
    const value = from[field]
    const current = to[field]
    if (
      ArrayBuffer.isView(value) &&
      ArrayBuffer.isView(current) &&
      (value as Column).length === (current as Column).length
    ) {
      ;(current as Column).set(value as never)
    } else if (ArrayBuffer.isView(value)) {
      to[field] = (value as Column).slice()
    } else if (Array.isArray(value)) {
      to[field] = structuredCloneArray(value)
    } else {
      to[field] = value
    }
  }
}

function structuredCloneArray(array: readonly unknown[]): unknown[] {
  return array.map((item) => (Array.isArray(item) ? structuredCloneArray(item) : item))
}
