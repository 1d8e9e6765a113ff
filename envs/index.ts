/** The environments of this package; importing this registers them. */
import { make, register, registeredSpecs, spec } from '../src/gym/index.ts'
import { Autoscaling, type AutoscalingOptions } from './autoscaling/env.ts'
import { LoadBalancing, type LoadBalancingOptions } from './load-balancing/env.ts'
import { ParkLoadBalance } from './park/env.ts'

register({
  id: 'LoadBalancing-v0',
  description: 'At each request that reaches a balancer, choose the replica.',
  entryPoint: (kwargs) => new LoadBalancing(kwargs),
  kwargs: { scenario: 'pool-noisy' },
})

register({
  id: 'Autoscaling-v0',
  description: 'At every interval, change the number of replicas that is asked for.',
  entryPoint: (kwargs) => new Autoscaling(kwargs),
  kwargs: { scenario: 'diurnal' },
})

register({
  id: 'Park/LoadBalance-v0',
  description: 'Park: assign each of 1000 jobs of heavy-tailed size to one of ten servers.',
  entryPoint: (kwargs) => new ParkLoadBalance(kwargs),
  kwargs: { preset: 'heavy-tail' },
})

register({
  id: 'Park/LoadBalanceUniform-v0',
  description: 'Assign each of 1000 jobs of uniform size to one of ten servers.',
  entryPoint: (kwargs) => new ParkLoadBalance(kwargs),
  kwargs: { preset: 'uniform' },
})

export { SCENARIOS } from './scenarios.generated.ts'
export {
  Autoscaling,
  type AutoscalingOptions,
  LoadBalancing,
  type LoadBalancingOptions,
  make,
  ParkLoadBalance,
  registeredSpecs,
  spec,
}
