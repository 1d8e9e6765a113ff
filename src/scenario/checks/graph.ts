/** Who sends to whom: cycles, components that nothing leads to, links that nothing travels. */
import { existing, type Path } from '../path.ts'
import type { Scenario } from '../types.ts'
import { type CheckContext, kindOf, missSteps, stepsOf } from './context.ts'

type Edge = { readonly from: string; readonly to: string; readonly path: Path; readonly forward: boolean }

export function edgesOf(scenario: Scenario): Edge[] {
  return [
    ...scenario.workloads.map(
      ({ name, to }): Edge => ({ from: name, to, path: ['workloads', name, 'to'], forward: false }),
    ),
    ...scenario.balancers.flatMap(({ name, targets }) =>
      targets.map(
        (to, i): Edge => ({ from: name, to, path: ['balancers', name, 'targets', i], forward: false }),
      ),
    ),
    ...scenario.services.flatMap((service) =>
      [...stepsOf(service)].flatMap(({ step, path }): Edge[] =>
        step.kind === 'call' ||
        step.kind === 'query' ||
        step.kind === 'forward' ||
        step.kind === 'transaction'
          ? [{ from: service.name, to: step.to, path, forward: step.kind === 'forward' }]
          : [],
      ),
    ),
    ...(scenario.caches ?? []).flatMap((cache) =>
      [...missSteps(cache)].flatMap(({ step, path }): Edge[] =>
        step.kind === 'call' || step.kind === 'query'
          ? [{ from: cache.name, to: step.to, path, forward: false }]
          : [],
      ),
    ),
  ].filter(({ to }) => kindOf(scenario, to) !== undefined)
}

export function checkGraph(context: CheckContext): void {
  const { scenario, problems, partial, raw } = context
  const edges = edgesOf(scenario)
  for (const { path, ring } of cyclesOf(edges)) {
    problems.add(
      path[0] === 'caches' ? existing(raw, path) : path,
      `calls and forwards form a cycle: ${ring.join(' -> ')}`,
      'Remove one of them; requests must not come back.',
    )
  }
  // What was refused might have led there.
  if (partial !== undefined) return
  const reached = reachable(scenario, edges)
  for (const section of ['balancers', 'services', 'databases', 'caches'] as const) {
    for (const { name } of scenario[section] ?? []) {
      if (!reached.has(name))
        problems.add([section, name], `nothing leads to "${name}"`, 'Send something to it or remove it.')
    }
  }
  const talking = talkingPairs(scenario, edges)
  scenario.links.forEach(({ from, to, oneWay }, i) => {
    const end = to.split('/')[0]!
    if (kindOf(scenario, from) === undefined || kindOf(scenario, end) === undefined || from === end) return
    if (!reached.has(from) && kindOf(scenario, from) !== 'workload') return
    const used = talking.has(`${from} ${end}`) || (!oneWay && talking.has(`${end} ${from}`))
    if (!used)
      problems.add(
        ['links', i],
        `nothing goes from "${from}" to "${end}"`,
        'Remove the link, or correct its ends.',
      )
  })
}

function reachable(scenario: Scenario, edges: readonly Edge[]): Set<string> {
  const reached = new Set<string>()
  const open = scenario.workloads.map(({ name }) => name)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    for (const edge of edges) if (edge.from === name) open.push(edge.to)
  }
  return reached
}

/** One cycle for every edge that closes one in a depth-first walk. */
function cyclesOf(edges: readonly Edge[]): { path: Path; ring: string[] }[] {
  const found: { path: Path; ring: string[] }[] = []
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (name: string): void => {
    trail.push(name)
    for (const edge of edges) {
      if (edge.from !== name) continue
      const at = trail.indexOf(edge.to)
      if (at >= 0) found.push({ path: edge.path, ring: [...trail.slice(at), edge.to] })
      else if (!done.has(edge.to)) visit(edge.to)
    }
    trail.pop()
    done.add(name)
  }
  for (const { from } of edges) if (!done.has(from)) visit(from)
  return found
}

/**
 * Ordered pairs between which messages go. Requests follow the edges; an answer goes to the caller, past
 * balancers that answer directly and past services that forwarded.
 */
function talkingPairs(scenario: Scenario, edges: readonly Edge[]): Set<string> {
  const direct = new Set(
    scenario.balancers.filter(({ response }) => response === 'direct').map(({ name }) => name),
  )
  const answers = new Map<string, Set<string>>()
  const answersOf = (name: string): Set<string> => {
    let set = answers.get(name)
    if (set === undefined) answers.set(name, (set = new Set()))
    return set
  }
  for (let changed = true; changed; ) {
    changed = false
    for (const edge of edges) {
      const set = answersOf(edge.to)
      const before = set.size
      if (edge.forward || direct.has(edge.from)) for (const caller of answersOf(edge.from)) set.add(caller)
      else set.add(edge.from)
      changed ||= set.size > before
    }
  }
  const pairs = new Set(edges.map(({ from, to }) => `${from} ${to}`))
  for (const [name, callers] of answers) for (const caller of callers) pairs.add(`${name} ${caller}`)
  return pairs
}
