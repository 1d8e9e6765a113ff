/**
 * Fields of a scenario given from outside, by path: what a comparison or a sweep varies. They are set in the parsed
 * value before it is checked, so that a wrong one is refused like a wrong field of the file.
 */
import { existing, formatPath, type Path, parsePath, show } from './path.ts'
import type { Problems } from './problems.ts'

/** `path` as in errors, e.g. `services.web.replicas` or `links[0].latency`. */
export type Override = { readonly path: string; readonly value: unknown }

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** A copy of the value with the fields set; mappings that are missing on the way are made, list items are not. */
export function applyOverrides(value: unknown, overrides: readonly Override[], problems: Problems): unknown {
  let copy = value
  for (const { path: text, value: given } of overrides) {
    const path = parsePath(text)
    if (path.length === 0 || path.some((part) => FORBIDDEN.has(String(part)))) {
      problems.add(
        path,
        `"${text}" is not the path of a field`,
        'Write e.g. services.web.replicas or links[0].latency.',
      )
      continue
    }
    const blocked = whyNot(copy, path)
    if (blocked === undefined) copy = withField(copy, path, given)
    else problems.add(path, blocked, 'Name a field of the scenario, as services.web.replicas.')
  }
  return copy
}

/** A mapping takes new fields, a list only what it has, anything else none. */
function whyNot(value: unknown, path: Path): string | undefined {
  const known = existing(value, path)
  if (known.length === path.length) return undefined
  const owner = at(value, known)
  const next = path[known.length]!
  const where = known.length === 0 ? 'the scenario' : formatPath(known)
  if (Array.isArray(owner)) return `${where} has no item ${show(next)}, its length is ${owner.length}`
  if (typeof owner === 'object' && owner !== null) {
    const list = path.slice(known.length).some((part) => typeof part === 'number')
    return list ? `${where} has no list at ${show(next)}` : undefined
  }
  // A short form, such as the name of a policy, gives way to the long one.
  return known.length === 0 ? 'the scenario is no mapping' : undefined
}

function at(value: unknown, path: Path): unknown {
  let current = value
  for (const part of path) current = (current as Record<string | number, unknown>)[part]
  return current
}

function withField(value: unknown, [first, ...rest]: Path, given: unknown): unknown {
  if (first === undefined) return given
  if (Array.isArray(value)) return value.map((item, i) => (i === first ? withField(item, rest, given) : item))
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  return { ...fields, [first]: withField(fields[first], rest, given) }
}
