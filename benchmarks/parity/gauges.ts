/** What AsyncFlow samples, under its names, read from the state of a simulation. */
import { IO, MEMORY, QUEUE_CPU, SERVICE_GAUGES } from '../../src/model/service-gauges.ts'
import type { World } from '../../src/model/world.ts'
import { MEGABYTE } from '../../src/scenario/index.ts'

export type SampledGauge = {
  readonly metric: string
  readonly component: string
  read(): number
}

const SERVER_METRICS = [
  { metric: 'ready_queue_len', gauge: QUEUE_CPU, unit: 1 },
  { metric: 'event_loop_io_sleep', gauge: IO, unit: 1 },
  { metric: 'ram_in_use', gauge: MEMORY, unit: MEGABYTE },
] as const

export function sampledGauges(world: World): SampledGauge[] {
  const { compiled, services, network } = world
  return [
    ...SERVER_METRICS.flatMap(({ metric, gauge, unit }) =>
      compiled.services.map(({ name }, s) => ({
        metric,
        component: name,
        read: () => services.gauges.value[s * SERVICE_GAUGES + gauge]! / unit,
      })),
    ),
    ...compiled.scenario.links.map(({ name }, i) => ({
      metric: 'edge_concurrent_connection',
      component: name,
      read: () => network.inTransit.value[i]!,
    })),
  ]
}
