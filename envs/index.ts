/** The environments of this package; importing this registers them. */
import { make, register, registeredSpecs, spec } from '../src/gym/index.ts'
import { AdmissionControl, type AdmissionControlOptions } from './admission-control/env.ts'
import { Autoscaling, type AutoscalingOptions } from './autoscaling/env.ts'
import { AutoscalingContinuous } from './autoscaling-continuous/env.ts'
import { Dispatch, type DispatchState } from './dispatch/env.ts'
import { JointControl, type JointControlAction } from './joint-control/env.ts'
import { LoadBalancing, type LoadBalancingOptions } from './load-balancing/env.ts'
import { LoadBalancingWeights, type LoadBalancingWeightsOptions } from './load-balancing-weights/env.ts'
import { ParkLoadBalance } from './park/env.ts'
import { Replicas, type ReplicasState } from './replicas/env.ts'
import { SlowServer } from './slow-server/env.ts'

register({
  id: 'LoadBalancing-v0',
  description: 'At each request that reaches a balancer, choose the replica.',
  entryPoint: (kwargs) => new LoadBalancing(kwargs),
  kwargs: { scenario: 'pool-noisy' },
})

register({
  id: 'LoadBalancingWeights-v0',
  description: 'At every interval, set the weights by which balancers spread requests.',
  entryPoint: (kwargs) => new LoadBalancingWeights(kwargs),
  kwargs: { scenario: 'pool-noisy' },
})

register({
  id: 'Autoscaling-v0',
  description: 'At every interval, change the number of replicas that is asked for.',
  entryPoint: (kwargs) => new Autoscaling(kwargs),
  kwargs: { scenario: 'diurnal' },
})

register({
  id: 'AutoscalingContinuous-v0',
  description: 'At every interval, ask for a number of replicas by one number in [-1, 1].',
  entryPoint: (kwargs) => new AutoscalingContinuous(kwargs),
  kwargs: { scenario: 'diurnal' },
})

register({
  id: 'AdmissionControl-v0',
  description: 'At each request that arrives at a service, admit it or shed it.',
  entryPoint: (kwargs) => new AdmissionControl(kwargs),
  kwargs: { scenario: 'priority-overload' },
})

register({
  id: 'JointControl-v0',
  description: 'At every interval, set weights, replicas and the admission rate of a service.',
  entryPoint: (kwargs) => new JointControl(kwargs),
  kwargs: { scenario: 'shop-front' },
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

register({
  id: 'Dispatch-v0',
  description: 'Assign each job at its arrival to a fast or a slow server; the optimum is known.',
  entryPoint: (kwargs) => new Dispatch(kwargs),
})

register({
  id: 'SlowServer-v0',
  description: 'Hold the jobs for a fast server, or send one to a slow server; the optimum is known.',
  entryPoint: (kwargs) => new SlowServer(kwargs),
})

register({
  id: 'Replicas-v0',
  description: 'Start and stop replicas while arrivals switch between two rates; the optimum is known.',
  entryPoint: (kwargs) => new Replicas(kwargs),
})

export { SCENARIOS } from './scenarios.generated.ts'
export {
  AdmissionControl,
  type AdmissionControlOptions,
  Autoscaling,
  AutoscalingContinuous,
  type AutoscalingOptions,
  Dispatch,
  type DispatchState,
  JointControl,
  type JointControlAction,
  LoadBalancing,
  type LoadBalancingOptions,
  LoadBalancingWeights,
  type LoadBalancingWeightsOptions,
  make,
  ParkLoadBalance,
  Replicas,
  type ReplicasState,
  registeredSpecs,
  SlowServer,
  spec,
}
