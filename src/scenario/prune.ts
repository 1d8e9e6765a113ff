/**
 * Takes what the schema refused out of a scenario, so that the rest can still be checked and all problems be
 * reported together. What remains knows which names were there.
 */
import type { Path } from './path.ts'

export type Pruned = {
  readonly value: Record<string, unknown>
  /** Names of components that were declared but are unusable. */
  readonly broken: ReadonlySet<string>
  /** A whole section is unusable: any name might have been in it. */
  readonly open: boolean
  /** The clock is unknown. */
  readonly timeless: boolean
  /** Original index of each remaining item. */
  readonly linkIndex: readonly number[]
  readonly eventIndex: readonly number[]
}

const SECTIONS = new Set(['workloads', 'balancers', 'services', 'databases', 'caches'])
const LISTS = new Set(['links', 'events', 'slo'])

/** A copy without the fields at these paths; mappings and lists on the way are copied, nothing else is. */
export function withoutFields(value: unknown, paths: readonly Path[]): unknown {
  let copy = value
  for (const path of paths) copy = without(copy, path)
  return copy
}

function without(value: unknown, [first, ...rest]: Path): unknown {
  if (typeof value !== 'object' || value === null || first === undefined) return value
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>
  if (rest.length === 0) delete copy[first]
  else copy[first] = without(copy[first], rest)
  return copy
}

export function prune(value: Record<string, unknown>, paths: readonly Path[]): Pruned {
  const copy: Record<string, unknown> = { ...value }
  const broken = new Set<string>()
  const dropped = new Map<string, Set<number>>()
  let open = false
  let timeless = false
  for (const [section, item] of paths) {
    if (typeof section !== 'string') continue
    const entries = copy[section]
    if (
      SECTIONS.has(section) &&
      typeof item === 'string' &&
      typeof entries === 'object' &&
      entries !== null
    ) {
      const { [item]: _, ...rest } = entries as Record<string, unknown>
      copy[section] = rest
      broken.add(item)
    } else if (LISTS.has(section) && typeof item === 'number') {
      dropped.set(section, (dropped.get(section) ?? new Set()).add(item))
    } else {
      open ||= SECTIONS.has(section) || section === 'links'
      delete copy[section]
      if (section === 'workloads') copy.workloads = {}
      if (section === 'horizon') {
        timeless = true
        copy.horizon = Number.MAX_VALUE
      }
      timeless ||= section === 'warmup'
    }
  }
  const kept = (section: string): number[] => {
    const list = copy[section]
    if (!Array.isArray(list)) return []
    const indices = list.map((_, i) => i).filter((i) => !dropped.get(section)?.has(i))
    copy[section] = indices.map((i) => list[i])
    return indices
  }
  const linkIndex = kept('links')
  const eventIndex = kept('events')
  kept('slo')
  return { value: copy, broken, open: open || dropped.has('links'), timeless, linkIndex, eventIndex }
}
