/** Every request that comes to a cache of keys has one, and what is asked of a cache is something that it can do. */
import { existing, type Path } from '../path.ts'
import type { Scenario, Step } from '../types.ts'
import { type CheckContext, missSteps, nestedLists, stepsOf } from './context.ts'

export function checkCaches(context: CheckContext): void {
  const { scenario, problems, raw, partial } = context
  const caches = scenario.caches ?? []
  if (caches.length === 0) return
  const calls = [
    ...scenario.services.flatMap((item) => [...stepsOf(item)]),
    ...caches.flatMap((item) => [...missSteps(item)]),
  ]
  for (const { step, path } of calls) {
    if (step.kind !== 'call') continue
    const cache = caches.find(({ name }) => name === step.to)
    if (cache === undefined) continue
    if (step.endpoint !== undefined)
      problems.add(
        existing(raw, [...path, 'call', 'endpoint']),
        `the cache "${step.to}" has no endpoints`,
        'Remove the endpoint.',
      )
    if (step.key !== undefined && cache.hitRatio !== undefined)
      problems.add(
        existing(raw, [...path, 'call', 'key']),
        `the cache "${step.to}" draws its hits by hitRatio and asks for no key`,
        'Remove the key, or give the cache a capacity in place of the hitRatio.',
      )
  }
  scenario.events.forEach((event, i) => {
    if (event.kind !== 'flush') return
    if (caches.find(({ name }) => name === event.cache)?.hitRatio === undefined) return
    problems.add(
      ['events', partial?.eventIndex[i] ?? i, 'flush'],
      `the cache "${event.cache}" draws its hits by hitRatio and has no entries that a flush could take`,
      'Give it a capacity in place of the hitRatio.',
    )
  })
  if (partial === undefined) checkKeys(context)
}

/** Follows every class without a key through the system, up to the caches that would need it. */
function checkKeys({ scenario, problems, raw }: CheckContext): void {
  const refused = new Set<string>()
  for (const workload of scenario.workloads) {
    for (const item of workload.classes) {
      if (item.key !== undefined) continue
      for (const { cache, path } of keylessCalls(scenario, workload.to, item.endpoint)) {
        const at = existing(raw, [...path, 'call'])
        if (refused.has(at.join('.'))) continue
        refused.add(at.join('.'))
        problems.add(
          at,
          `nothing says which key of the cache "${cache}" is asked for`,
          `Give a key to the call, to the cache, or to the class "${item.name}" of "${workload.name}".`,
        )
      }
    }
  }
}

/** The calls to caches that a request sent to `to` makes and that have no key unless the request has one. */
function keylessCalls(
  scenario: Scenario,
  to: string,
  endpoint: string | undefined,
): { cache: string; path: Path }[] {
  const found: { cache: string; path: Path }[] = []
  const seen = new Set<string>()
  const visit = (name: string, wanted: string | undefined): void => {
    if (seen.has(`${name} ${wanted}`)) return
    seen.add(`${name} ${wanted}`)
    const relay = scenario.relays.find((item) => item.name === name)
    if (relay !== undefined) visit(relay.to, wanted)
    for (const target of scenario.balancers.find((item) => item.name === name)?.targets ?? [])
      visit(target, wanted)
    const service = scenario.services.find((item) => item.name === name)
    const own = service?.endpoints.filter((item) => item.name === wanted) ?? []
    for (const item of own.length > 0 ? own : (service?.endpoints ?? []))
      follow(item.steps, ['services', name, 'endpoints', item.name], false)
    const cache = scenario.caches?.find((item) => item.name === name)
    // The calls of a miss are asked for the key that missed.
    if (cache !== undefined) follow(cache.miss, ['caches', name, 'miss'], cache.hitRatio === undefined)
  }
  const follow = (steps: readonly Step[], base: Path, keyed: boolean): void => {
    steps.forEach((step, i) => {
      const path = [...base, i]
      for (const inner of nestedLists(step)) follow(inner.steps, [...path, ...inner.path], keyed)
      if (step.kind !== 'call' && step.kind !== 'forward') return
      const cache = scenario.caches?.find((item) => item.name === step.to)
      const needsKey = cache !== undefined && cache.hitRatio === undefined && cache.key === undefined
      if (needsKey && !keyed && step.kind === 'call' && step.key === undefined)
        found.push({ cache: step.to, path })
      visit(step.to, step.endpoint)
    })
  }
  visit(to, endpoint)
  return found
}
