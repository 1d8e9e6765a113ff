/** A service as the engine runs it. */
import type { Scenario, Service } from '../../scenario/types.ts'
import type { ServiceSpec, SocketSpec } from './compiled.ts'
import { NODE_BALANCER, NODE_SERVICE } from './compiled.ts'
import { meanDemand, memoryOf, type ProgramBuilder, walkSteps } from './program.ts'
import { meanOf, type Tables } from './tables.ts'

export function serviceSpec(
  tables: Tables,
  service: Service,
  builder: ProgramBuilder,
  firstReplica: number,
): ServiceSpec {
  const { name } = service
  const steps = service.endpoints.flatMap((endpoint) => [...walkSteps(endpoint.steps)])
  const { events } = tables.scenario
  const speedChanges = events.some((event) => event.kind === 'slow' && event.service === name)
  const crashes = events.some((event) => event.kind === 'outage' && event.service === name)
  const endpoints = service.endpoints.map((endpoint) => ({
    name: endpoint.name,
    entry: builder.endpoint(endpoint.steps, `${name}.${endpoint.name}`),
    memory: memoryOf(endpoint.steps),
    demand: meanDemand(endpoint.steps, meanOf),
  }))
  const uses = {
    cpu: steps.some((step) => step.kind === 'cpu'),
    io: steps.some((step) => step.kind === 'io'),
    memory:
      endpoints.some((endpoint) => endpoint.memory > 0) || (service.sockets?.memoryPerConnection ?? 0) > 0,
    workers: service.workers !== Number.POSITIVE_INFINITY,
    speedChanges: speedChanges || crashes,
  }
  const slots = slotsOf(service)
  const declared = service.groups.flatMap((group) => Array.from({ length: group.count }, () => group.speed))
  const last = declared.at(-1) ?? 1
  return {
    name,
    node: tables.node(name),
    firstReplica,
    slots,
    initialReady: Math.min(declared.length, slots),
    cores: service.cores,
    discipline: service.discipline,
    memory: service.memory,
    workers: service.workers,
    endpoints,
    endpointSite: endpoints.length > 1 ? tables.site(`${name}.endpoint`) : -1,
    cells: {
      worker: uses.workers ? tables.cell('worker-wait', name) : -1,
      memory:
        uses.memory && service.memory !== Number.POSITIVE_INFINITY ? tables.cell('memory-wait', name) : -1,
      cpuWait: uses.cpu ? tables.cell('cpu-wait', name) : -1,
      cpu: uses.cpu ? tables.cell('cpu', name) : -1,
      io: uses.io ? tables.cell('io', name) : -1,
      admission: waitsForAdmission(service) ? tables.cell('admission-wait', name) : -1,
    },
    overload: service.overload,
    cancel: service.cancel ?? 'never',
    uses,
    speeds: Float64Array.from({ length: slots }, (_, i) => declared[i] ?? last),
    autoscaled: service.autoscaler !== undefined,
    readiness: service.readiness,
    coldStart: service.coldStart,
    startupSite:
      service.autoscaler === undefined ? -1 : tables.site(`${name}.startup`, service.autoscaler.startup),
  }
}

/** By node, who declares sockets and who is connected to; undefined where nobody declares any. */
export function socketSpecs(
  tables: Tables,
  scenario: Scenario,
  services: readonly ServiceSpec[],
): (SocketSpec | undefined)[] | undefined {
  if (![...scenario.balancers, ...scenario.services].some((item) => item.sockets !== undefined))
    return undefined
  return tables.nodes.map(({ kind, index, name }, node) => {
    if ((kind !== NODE_BALANCER && kind !== NODE_SERVICE) || tables.isImplicit(node)) return undefined
    const item = kind === NODE_BALANCER ? scenario.balancers[index]! : scenario.services[index]!
    const own = item.sockets
    const endpoints = kind === NODE_SERVICE ? services[index]!.endpoints : []
    return {
      own,
      memory: item.memory ?? Number.POSITIVE_INFINITY,
      reservation: Math.max(0, ...endpoints.map((endpoint) => endpoint.memory)),
      connectCell: tables.cell('connect', name),
      waitCell: own === undefined ? -1 : tables.cell('socket-wait', name),
    }
  })
}

/** The fixed number of slots of a service: `max` of a scalable one, else its replicas. */
export function slotsOf(service: Service): number {
  return service.autoscaler?.max ?? service.groups.reduce((sum, group) => sum + group.count, 0)
}

/** Whether a rate or a concurrency limit can let a leg wait. */
export function waitsForAdmission({ overload }: Pick<Service, 'overload'>): boolean {
  const limits = [overload?.concurrencyLimit, ...(overload?.bulkheads ?? [])]
  return overload?.rateLimit?.kind === 'leaky' || limits.some((limit) => (limit?.maxQueue ?? 0) > 0)
}
