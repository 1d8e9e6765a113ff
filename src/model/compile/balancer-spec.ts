/** A balancer as the engine runs it. */
import { createBalancingPolicy } from '../../policies/index.ts'
import type { Scenario } from '../../scenario/types.ts'
import type { BalancerSpec, ClassSpec, ServiceSpec } from './compiled.ts'
import { waitsForAdmission } from './service-spec.ts'
import type { Tables } from './tables.ts'

export function balancerSpec(
  tables: Tables,
  balancer: Scenario['balancers'][number],
  implicit: boolean,
  services: readonly ServiceSpec[],
  classes: readonly ClassSpec[],
): BalancerSpec {
  const node = implicit ? tables.implicitNode(balancer.name)! : tables.node(balancer.name)
  const targets = balancer.targets.map((name) => services.find((service) => service.name === name)!)
  const slots = targets.flatMap((service, t) =>
    Array.from({ length: service.slots }, (_, slot) => ({
      service,
      slot,
      weight: balancer.weights[t] ?? 1,
    })),
  )
  const slotChannel = (service: string, slot: number): number => {
    const own = tables.channel(balancer.name, `${service}/${slot}`)
    return own >= 0 ? own : tables.channel(balancer.name, service)
  }
  const reached = classes.flatMap((item, c) =>
    firstBeyondRelays(tables, tables.scenario.workloads[item.workload]!.to) === node ? [c] : [],
  )
  const demandAt = (service: ServiceSpec, endpoint: number): number => {
    const own = service.endpoints.find((item) => item.name === tables.endpointNames[endpoint])
    return (
      own?.demand ?? service.endpoints.reduce((sum, item) => sum + item.demand, 0) / service.endpoints.length
    )
  }
  return {
    name: balancer.name,
    node,
    implicit,
    proxy: balancer.response === 'proxy',
    noBackend: balancer.noBackend,
    policy: balancer.policy,
    slowStart: balancer.slowStart,
    outlierDetection: balancer.outlierDetection,
    passiveChecks: balancer.passiveChecks,
    panicThreshold: balancer.panicThreshold,
    reports: balancer.reports,
    replicas: Int32Array.from(slots, ({ service, slot }) => service.firstReplica + slot),
    weights: Float64Array.from(slots, ({ weight }) => weight),
    channels: Int32Array.from(slots, ({ service, slot }) =>
      implicit ? -1 : slotChannel(service.name, slot),
    ),
    unroutableCell: balancer.noBackend > 0 ? tables.cell('unroutable', balancer.name) : -1,
    overload: balancer.overload,
    admissionCell:
      waitsForAdmission(balancer) || isSynchronous(balancer, slots.length)
        ? tables.cell('admission-wait', balancer.name)
        : -1,
    classes: reached,
    classDemand: Float64Array.from(
      classes,
      (item) => targets.reduce((sum, service) => sum + demandAt(service, item.endpoint), 0) / targets.length,
    ),
  }
}

function firstBeyondRelays(tables: Tables, name: string): number {
  let current = name
  for (;;) {
    const relay = tables.scenario.relays.find((item) => item.name === current)
    if (relay === undefined) return tables.entry(current)
    current = relay.to
  }
}

/** Whether decisions wait for probes. */
function isSynchronous({ name, policy }: Scenario['balancers'][number], slots: number): boolean {
  return createBalancingPolicy(policy, slots, `balancers.${name}.policy`).sync !== undefined
}
