/** AsyncFlow's rules for events: targets, horizon, outages that overlap or leave no server. */

import type { Notes } from './notes.ts'
import type { FlowEvent, Payload } from './payload.ts'
import type { Reader } from './reader.ts'

type Outage = FlowEvent & { readonly kind: 'outage' }

export function checkEvents(reader: Reader, payload: Payload, notes: Notes): void {
  const { events, servers, edges, horizon } = payload
  const ids = new Set<string>()
  for (const { id, target, kind, start, end, path } of events) {
    if (ids.has(id))
      reader.reject([...path, 'event_id'], `the event id "${id}" is taken`, 'Choose another id.')
    ids.add(id)
    const isServer = servers.some((server) => server.id === target)
    const isEdge = edges.some((edge) => edge.id === target)
    if (!isServer && !isEdge)
      reader.reject([...path, 'target_id'], `unknown target "${target}"`, 'Name a server or an edge.')
    else if (kind === 'outage' && !isServer)
      reader.reject(
        [...path, 'target_id'],
        `an outage needs a server, got the edge "${target}"`,
        'Name a server.',
      )
    else if (kind === 'spike' && !isEdge)
      reader.reject(
        [...path, 'target_id'],
        `a network spike needs an edge, got the server "${target}"`,
        'Name an edge.',
      )
    if (start > horizon)
      reader.reject(
        [...path, 'start', 't_start'],
        `the event begins at ${start}, after the end of the run at ${horizon}`,
        'Begin it earlier.',
      )
    if (end > horizon)
      reader.reject(
        [...path, 'end', 't_end'],
        `the event ends at ${end}, after the end of the run at ${horizon}`,
        'End it earlier.',
      )
  }
  const outages = events.filter((event): event is Outage => event.kind === 'outage')
  checkOverlaps(reader, outages)
  const everyone = allDown(
    outages,
    servers.map(({ id }) => id),
  )
  if (everyone !== undefined)
    reader.reject(
      [...everyone.path, 'start', 't_start'],
      `at ${everyone.start} all servers are down`,
      'Keep at least one up.',
    )
  const behind = edges.filter(({ source }) => source === payload.balancer?.id).map(({ target }) => target)
  const unroutable = everyone === undefined && behind.length > 0 ? allDown(outages, behind) : undefined
  if (unroutable !== undefined) {
    notes.add(
      [...unroutable.path, 'start', 't_start'],
      'all servers behind the load balancer are down: their requests end "unavailable", where AsyncFlow crashes',
    )
  }
}

function checkOverlaps(reader: Reader, outages: readonly Outage[]): void {
  const sorted = [...outages].sort((a, b) => a.start - b.start)
  sorted.forEach((outage, i) => {
    const earlier = sorted
      .slice(0, i)
      .find((other) => other.target === outage.target && other.end > outage.start)
    if (earlier !== undefined)
      reader.reject(
        [...outage.path, 'start', 't_start'],
        `the outages of "${outage.target}" overlap at ${outage.start}`,
        `"${earlier.id}" lasts until ${earlier.end}.`,
      )
  })
}

/** The first outage that leaves none of them up; ends come before starts of the same instant. */
function allDown(outages: readonly Outage[], ids: readonly string[]): Outage | undefined {
  const relevant = outages.filter(({ target }) => ids.includes(target)).sort((a, b) => a.start - b.start)
  return relevant.find((outage) => {
    const down = new Set(
      relevant
        .filter(({ start, end }) => start <= outage.start && end > outage.start)
        .map(({ target }) => target),
    )
    return down.size === ids.length
  })
}
