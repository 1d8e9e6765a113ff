/** Every reference leads to a component of the right kind, and every endpoint that is named exists there. */
import { existing, type Path } from '../path.ts'
import { type CheckContext, type Kind, kindOf, missSteps, slotsOf, stepsOf, suggest } from './context.ts'

export function checkReferences(context: CheckContext): void {
  const { scenario, problems, raw, partial } = context
  const add = (path: Path, what: string, hint: string): void => problems.add(existing(raw, path), what, hint)

  /** True where the name is usable as one of the kinds. */
  const refer = (name: string, kinds: readonly Kind[], path: Path): boolean => {
    if (partial?.open || partial?.broken.has(name)) return false
    const kind = kindOf(scenario, name)
    if (kind !== undefined && kinds.includes(kind)) return true
    const wanted = kinds.map((kind) => `a ${kind}`).join(' or ')
    const { workloads, balancers, services, databases = [], caches = [] } = scenario
    const known = [...workloads, ...balancers, ...services, ...databases, ...caches].map((item) => item.name)
    const candidates = [...known, ...(partial?.broken ?? [])].filter((name) =>
      kinds.includes(kindOf(scenario, name) ?? kinds[0]!),
    )
    if (kind === undefined)
      add(path, `unknown target "${name}"`, suggest(name, candidates, 'Declare it under services.'))
    else
      add(
        path,
        `expected ${wanted}, got the ${kind} "${name}"`,
        suggest(name, candidates, 'Declare one under services.'),
      )
    return false
  }

  const checkEndpoint = (to: string, endpoint: string | undefined, path: Path): void => {
    if (endpoint === undefined) return
    const targets = scenario.balancers.find((item) => item.name === to)?.targets ?? [to]
    for (const target of targets) {
      const service = scenario.services.find((item) => item.name === target)
      if (service === undefined || service.endpoints.some((item) => item.name === endpoint)) continue
      const names = service.endpoints.map((item) => item.name)
      add(path, `service "${target}" has no endpoint "${endpoint}"`, suggest(endpoint, names, 'Add it.'))
    }
  }

  for (const workload of scenario.workloads) {
    const path = ['workloads', workload.name]
    if (!refer(workload.to, ['balancer', 'service'], [...path, 'to'])) continue
    for (const item of workload.classes)
      checkEndpoint(workload.to, item.endpoint, [...path, 'classes', item.name, 'endpoint'])
  }
  for (const balancer of scenario.balancers) {
    const path = ['balancers', balancer.name]
    balancer.targets.forEach((target, i) => {
      const listed = existing(raw, [...path, 'targets', i, 'to'])
      const at = listed.length < path.length + 2 ? [...path, 'to'] : listed
      refer(target, ['service'], at)
      if (balancer.targets.indexOf(target) < i)
        add(at, `"${target}" is a target already`, 'Name every service once.')
    })
  }
  for (const service of scenario.services) {
    for (const { step, path } of stepsOf(service)) {
      if (step.kind === 'query' || step.kind === 'transaction')
        refer(step.to, ['database'], [...path, step.kind, 'to'])
      if (step.kind !== 'call' && step.kind !== 'forward') continue
      const kinds: Kind[] = step.kind === 'call' ? ['balancer', 'service', 'cache'] : ['balancer', 'service']
      if (refer(step.to, kinds, [...path, step.kind, 'to']))
        checkEndpoint(step.to, step.endpoint, [...path, step.kind, 'endpoint'])
    }
  }
  for (const cache of scenario.caches ?? []) {
    for (const { step, path } of missSteps(cache)) {
      if (step.kind === 'query') refer(step.to, ['database'], [...path, 'query', 'to'])
      if (step.kind !== 'call') continue
      if (refer(step.to, ['balancer', 'service', 'cache'], [...path, 'call', 'to']))
        checkEndpoint(step.to, step.endpoint, [...path, 'call', 'endpoint'])
    }
  }
  scenario.links.forEach((link, i) => {
    const path = ['links', partial?.linkIndex[i] ?? i]
    refer(link.from, ['workload', 'balancer', 'service', 'database', 'cache'], [...path, 'from'])
    checkPlace(context, link.to, [...path, 'to'], (name) =>
      refer(name, ['workload', 'balancer', 'service', 'database', 'cache'], [...path, 'to']),
    )
    if (link.to.includes('/') && kindOf(scenario, link.from) !== 'balancer' && !partial) {
      const hint = `Write "${link.to.split('/')[0]}".`
      add([...path, 'to'], `only a link from a balancer can end at one slot, got "${link.to}"`, hint)
    }
    if (link.from === link.to.split('/')[0])
      add([...path, 'to'], `a link cannot lead from "${link.from}" to itself`, 'Name two components.')
  })
  scenario.events.forEach((event, i) => {
    const path = ['events', partial?.eventIndex[i] ?? i, event.kind]
    switch (event.kind) {
      case 'outage':
      case 'slow': {
        const place = event.slot === undefined ? event.service : `${event.service}/${event.slot}`
        checkPlace(context, place, path, (name) => refer(name, ['service', 'database'], path))
        break
      }
      case 'capacity':
        refer(event.service, ['service'], path)
        break
      case 'fail':
        refer(event.database, ['database'], path)
        break
      case 'flush':
        refer(event.cache, ['cache'], path)
        break
      case 'surge':
        if (refer(event.workload, ['workload'], path)) checkSurge(context, event.workload, path)
        break
      default: {
        const names = scenario.links.map((link) => link.name)
        if (!partial?.open && !names.includes(event.link))
          add(path, `unknown link "${event.link}"`, suggest(event.link, names, 'Declare it under links.'))
      }
    }
  })
}

/** `web` or `web/2`: the component exists, is a service where a slot is named, and has that slot. */
function checkPlace(
  { scenario, problems }: CheckContext,
  place: string,
  path: Path,
  refer: (name: string) => boolean,
): void {
  const [name = '', slot] = place.split('/')
  if (!refer(name) || slot === undefined) return
  const service = scenario.services.find((item) => item.name === name)
  if (service === undefined)
    problems.add(path, `"${name}" is not a service and has no slots`, `Write "${name}".`)
  else if (Number(slot) >= slotsOf(service)) {
    problems.add(path, `service "${name}" has no slot ${slot}`, `Its slots are 0 to ${slotsOf(service) - 1}.`)
  }
}

function checkSurge({ scenario, problems }: CheckContext, name: string, path: Path): void {
  const kind = scenario.workloads.find((item) => item.name === name)?.arrivals.kind
  if (kind === 'closed' || kind === 'trace' || kind === 'counts')
    problems.add(
      path,
      `the arrivals of "${name}" (${kind}) have no rate that could surge`,
      'Use poisson, gamma, deterministic or users.',
    )
}
