/** What a balancer's policy and options need of each other. */
import type { BalancingPolicy } from '../../policies/index.ts'
import type { Balancer } from '../types.ts'

export function checkBalancerNeeds(
  { policy: { name }, response, outlierDetection, passiveChecks, reports }: Balancer,
  { uses = [] }: BalancingPolicy,
  report: (field: string, what: string, hint: string) => void,
): void {
  if (response === 'direct' && uses.includes('answers'))
    report('policy', `${name} learns from answers, which do not pass here`, 'Leave out response: direct.')
  for (const [field, option] of Object.entries({ outlierDetection, passiveChecks }))
    if (response === 'direct' && option !== undefined)
      report(field, `${field} needs the answers, which do not pass here`, 'Leave out response: direct.')
  if (name === 'stale-estimate' && reports === undefined)
    report(
      'policy',
      'stale-estimate needs reports of the queues',
      'Give the balancer reports: { interval: 100ms }, or another policy.',
    )
}
