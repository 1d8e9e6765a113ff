/** Which keys a warm cache has at the start. */
import type { Cache, Key, Scenario } from '../../scenario/types.ts'
import { KeyTable } from './key-table.ts'
import { walkSteps } from './program.ts'

/**
 * The most popular keys of those that the cache can be asked for, as many as it holds, the most popular last: as if
 * they had been asked for in that order. Of calls without a key, the keys of all classes count.
 */
export function warmKeys(scenario: Scenario, cache: Cache): number[] {
  const lists = [
    ...scenario.services.flatMap((service) => service.endpoints.map((endpoint) => endpoint.steps)),
    ...(scenario.caches ?? []).map((item) => item.miss),
  ]
  const keys: Key[] = []
  const others = (scenario.caches ?? []).flatMap((item) => item.key ?? [])
  const classes = scenario.workloads.flatMap((workload) => workload.classes.flatMap((item) => item.key ?? []))
  for (const list of lists) {
    for (const step of walkSteps(list)) {
      if (step.kind !== 'call' || step.to !== cache.name) continue
      const own = step.key ?? cache.key
      keys.push(...(own === undefined ? [...others, ...classes] : [own]))
    }
  }
  const fixed = keys.flatMap((key) => (key.kind === 'fixed' ? [new KeyTable(key).at(0)] : []))
  const n = Math.max(0, ...keys.map((key) => ('n' in key ? key.n : 0)))
  const room = Math.min(n, cache.capacity)
  const popular = Array.from({ length: room }, (_, i) => room - 1 - i)
  const recorded = keys.flatMap((key) => (key.kind === 'trace' ? byCount(new KeyTable(key).recorded) : []))
  return [...new Set([...popular, ...recorded, ...fixed])].slice(-cache.capacity)
}

/** Every key once, the rarest first; of equally frequent ones the last seen first. */
function byCount(keys: Int32Array): number[] {
  const counts = new Map<number, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([key]) => key)
    .reverse()
}
