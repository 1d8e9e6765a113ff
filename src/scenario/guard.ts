/** The first look at a value of unknown origin: it must be finite, acyclic, plain data of bounded size and depth. */
import type { Path } from './path.ts'

const MAX_DEPTH = 64
const MAX_VALUES = 5_000_000
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

export type Found = { readonly what: string; readonly path: Path; readonly hint?: string | undefined }

export function guard(value: unknown): Found[] {
  const found: Found[] = []
  const path: (string | number)[] = []
  let count = 0

  const visit = (item: unknown): void => {
    if (found.length >= 100 || ++count > MAX_VALUES) return
    if (typeof item === 'number') {
      if (!Number.isFinite(item))
        found.push({
          what: `expected a finite number, got ${item}`,
          path: [...path],
          hint: 'Leave the field out where "unlimited" is meant.',
        })
      return
    }
    if (item === null || item === undefined || typeof item === 'string' || typeof item === 'boolean') return
    if (typeof item !== 'object') {
      found.push({ what: `expected plain data, got a ${typeof item}`, path: [...path] })
      return
    }
    if (path.length >= MAX_DEPTH) {
      found.push({
        what: `lists or mappings are nested more than ${MAX_DEPTH} levels deep`,
        path: path.slice(0, 8),
        hint: 'Use fewer levels.',
      })
      return
    }
    if (Array.isArray(item)) {
      for (let i = 0; i < item.length; i++) {
        path.push(i)
        visit(item[i])
        path.pop()
      }
      return
    }
    const prototype: unknown = Object.getPrototypeOf(item)
    if (prototype !== null && Object.getPrototypeOf(prototype as object) !== null) {
      found.push({ what: 'expected plain data, got an instance of a class', path: [...path] })
      return
    }
    for (const key of Object.keys(item)) {
      path.push(key)
      if (FORBIDDEN.has(key))
        found.push({ what: `"${key}" cannot be a key`, path: [...path], hint: 'Choose another name.' })
      else visit((item as Record<string, unknown>)[key])
      path.pop()
    }
  }

  visit(value)
  if (count > MAX_VALUES)
    found.push({ what: `more than ${MAX_VALUES} values`, path: [], hint: 'Put traces into a CSV file.' })
  return found
}
