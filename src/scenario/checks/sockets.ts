/** Sockets that can serve at least one request. */
import type { CheckContext } from './context.ts'
import { memoryOf } from './steps.ts'

export function checkSockets({ scenario, problems }: CheckContext): void {
  for (const { name, sockets, memory } of scenario.balancers) {
    if (sockets === undefined) {
      if (memory !== undefined)
        problems.add(
          ['balancers', name, 'memory'],
          'a balancer without sockets takes no memory',
          'Add sockets: {}, or leave memory out.',
        )
      continue
    }
    if (sockets.max < 2)
      problems.add(
        ['balancers', name, 'sockets', 'max'],
        `a balancer needs two sockets for a request, got ${sockets.max}`,
        'Allow at least 2.',
      )
    if (2 * sockets.memoryPerConnection > (memory ?? Number.POSITIVE_INFINITY))
      problems.add(
        ['balancers', name, 'memory'],
        'the two connections of a request never fit',
        'Raise memory or lower memoryPerConnection.',
      )
  }
  for (const { name, sockets, memory, endpoints } of scenario.services) {
    if (sockets === undefined) continue
    const largest = Math.max(0, ...endpoints.map(({ steps }) => memoryOf(steps)))
    if (largest <= memory && sockets.memoryPerConnection + largest > memory)
      problems.add(
        ['services', name, 'sockets'],
        'a connection and the largest reservation of an endpoint never fit into the memory of a replica',
        'Raise the memory of the service, or lower memoryPerConnection.',
      )
  }
}
