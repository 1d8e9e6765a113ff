/** Policies exist and accept their parameters. */
import { ConfigError } from '../../errors.ts'
import { createBalancingPolicy, createScalingPolicy } from '../../policies/index.ts'
import { existing, type Path, parsePath } from '../path.ts'
import { checkBalancerNeeds } from './balancer-needs.ts'
import { type CheckContext, slotsOf } from './context.ts'

export function checkPolicies({ scenario, problems, raw }: CheckContext): void {
  const attempt = (path: Path, create: () => unknown): void => {
    try {
      create()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      for (const { what, path: below, hint } of error.problems)
        problems.add([...existing(raw, path), ...parsePath(below)], what, hint)
    }
  }
  for (const balancer of scenario.balancers) {
    const slots = scenario.services
      .filter(({ name }) => balancer.targets.includes(name))
      .reduce((sum, service) => sum + slotsOf(service), 0)
    const path = ['balancers', balancer.name, 'policy']
    if (slots > 0)
      attempt(path, () => {
        const policy = createBalancingPolicy(balancer.policy, slots, '')
        checkBalancerNeeds(balancer, policy, (field, what, hint) =>
          problems.add([...existing(raw, ['balancers', balancer.name, field])], what, hint),
        )
      })
  }
  for (const { name, autoscaler } of scenario.services) {
    if (autoscaler !== undefined)
      attempt(['services', name, 'autoscaler', 'policy'], () =>
        createScalingPolicy(autoscaler.policy, autoscaler.max, ''),
      )
  }
}
