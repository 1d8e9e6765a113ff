/** The few facts about a component that say how it fared, in words. */
import type { ComponentResult, GaugeSummary, OverloadResult, SocketResult } from '../../src/results/types.ts'
import { formatBytes, formatNumber, formatPercent } from '../terminal/format.ts'

export function describeComponent(component: ComponentResult): string[] {
  switch (component.kind) {
    case 'workload':
      return [`${formatNumber(component.rate)} requests per second`]
    case 'link':
      return [
        `${component.sent} sent`,
        `${gauge(component.inTransit)} in transit`,
        ...when(component.lost > 0, `${component.lost} lost`),
      ]
    case 'balancer':
      return [
        `${component.decisions} decisions`,
        `${gauge(component.inFlight)} in flight`,
        ...when(component.unroutable.max > 0, `${gauge(component.unroutable)} without a backend`),
        ...describeSockets(component),
      ]
    case 'database':
      return [
        `connections ${formatPercent(component.utilization.connections)}`,
        ...(component.open === undefined ? [] : [`${gauge(component.open)} open`]),
        `${gauge(component.queue.pool)} waiting for one`,
        ...(component.utilization.parallelism === null
          ? []
          : [
              `parallelism ${formatPercent(component.utilization.parallelism)}`,
              `${gauge(component.queue.query)} waiting for the server`,
            ]),
        ...when((component.transactions ?? 0) > 0, `${component.transactions} transactions`),
        ...when(component.poolTimeouts > 0, `${component.poolTimeouts} pool timeouts`),
        ...when(component.failures > 0, `${component.failures} failed`),
      ]
    case 'cache':
      return [
        ...(component.hitRatio === null ? [] : [`hits ${formatPercent(component.hitRatio)}`]),
        ...when(component.size.max > 0, `${gauge(component.size)} entries`),
        ...when(component.coalesced > 0, `${component.coalesced} waited for another's miss`),
        ...when((component.early ?? 0) > 0, `${component.early} fetched early`),
        ...when(component.evictions > 0, `${component.evictions} evicted`),
        ...when(component.expired > 0, `${component.expired} expired`),
      ]
    case 'service':
      return describeService(component)
  }
}

function describeService(service: Extract<ComponentResult, { kind: 'service' }>): string[] {
  const { utilization, queue, memory, ready } = service
  return [
    ...(utilization.cpu === null
      ? []
      : [`cpu ${formatPercent(utilization.cpu)}`, `${gauge(queue.cpu)} waiting for it`]),
    ...(utilization.memory === null ? [] : [`memory ${formatPercent(utilization.memory)}`]),
    ...when(memory.peak > 0, `peak ${formatBytes(memory.peak)}`),
    ...describeSockets({ sockets: service.sockets, queue }),
    ...when(queue.memory.max > 0, `${gauge(queue.memory)} waiting for memory`),
    ...(utilization.workers === null
      ? []
      : [`workers ${formatPercent(utilization.workers)}`, `${gauge(queue.workers)} waiting for one`]),
    `${gauge(service.load)} in service`,
    ...describeOverload(service.overload),
    ready.mean === ready.max ? `${formatNumber(ready.mean)} ready` : `${gauge(ready)} ready`,
  ]
}

function describeOverload(overload: OverloadResult | undefined): string[] {
  if (overload === undefined) return []
  const { refused, queue, limit } = overload
  const counts = Object.entries(refused).map(([reason, count]) => `${count} by ${reason}`)
  return [
    ...when(counts.length > 0, `refused ${counts.join(' and ')}`),
    ...(queue === undefined ? [] : [`${gauge(queue)} waiting for admission`]),
    ...(limit === undefined ? [] : [`limit ${gauge(limit)}`]),
  ]
}

/** How many sockets and how much memory are needed, and what happened without. */
function describeSockets(component: {
  readonly sockets?: SocketResult | undefined
  readonly memory?: { readonly mean: number; readonly peak: number } | undefined
  readonly queue?: { readonly backlog?: GaugeSummary } | undefined
}): string[] {
  const { sockets, memory, queue } = component
  if (sockets === undefined) return []
  return [
    `sockets peak ${formatNumber(sockets.peak)} (mean ${formatNumber(sockets.mean)})`,
    ...(memory === undefined
      ? []
      : [`memory peak ${formatBytes(memory.peak)} (mean ${formatBytes(memory.mean)})`]),
    ...when((queue?.backlog?.max ?? 0) > 0, `${gauge(queue?.backlog ?? { mean: 0, max: 0 })} in the backlog`),
    ...when(sockets.dropped > 0, `${sockets.dropped} SYNs dropped`),
    ...when(sockets.refused > 0, `${sockets.refused} refused`),
    ...when(sockets.exhausted > 0, `${sockets.exhausted} not opened`),
    ...when(sockets.noPort > 0, `${sockets.noPort} without a port`),
  ]
}

function gauge({ mean, max }: GaugeSummary): string {
  return `${formatNumber(mean)} (max ${formatNumber(max)})`
}

function when(condition: boolean, text: string): string[] {
  return condition ? [text] : []
}
