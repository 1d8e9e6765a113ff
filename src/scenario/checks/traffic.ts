/** Every workload sends something, of some class. */
import { compileDistribution } from '../../random/index.ts'
import type { Path } from '../path.ts'
import type { Arrivals } from '../types.ts'
import type { CheckContext } from './context.ts'

export function checkTraffic({ scenario, problems, raw }: CheckContext): void {
  if (Object.keys((raw as { workloads?: object }).workloads ?? { missing: true }).length === 0) {
    problems.add(
      ['workloads'],
      'no arrivals: there is no workload',
      'Declare one, e.g. { users: { to: web, arrivals: { poisson: { rate: 10/s } } } }.',
    )
  }
  for (const workload of scenario.workloads) {
    const path = ['workloads', workload.name]
    const { arrivals, classes } = workload
    // Counts are written as a trace too.
    const kind = arrivals.kind === 'counts' ? 'trace' : arrivals.kind
    const [reason, field] = silence(arrivals, scenario.horizon) ?? []
    if (reason !== undefined)
      problems.add(
        [...path, 'arrivals', kind, ...field!],
        `no arrivals: "${workload.name}" never sends a request, ${reason}`,
        'Let it send something or remove it.',
      )
    if (classes.length === 0)
      problems.add(
        [...path, 'classes'],
        'expected at least one class, got none',
        'Remove the field or add a class.',
      )
    else if (classes.every(({ weight }) => weight === 0))
      problems.add(
        [...path, 'classes'],
        'the weights of the classes sum to zero',
        'Give at least one class a weight above 0.',
      )
    if (workload.profile !== undefined && ['closed', 'trace', 'counts'].includes(arrivals.kind)) {
      problems.add(
        [...path, 'profile'],
        `${kind} arrivals have no rate that a profile could move`,
        'Remove the profile, or use poisson, gamma, deterministic or users.',
      )
    }
  }
}

function silence(arrivals: Arrivals, horizon: number): [string, Path] | undefined {
  switch (arrivals.kind) {
    case 'users': {
      if (arrivals.perMinute === 0) return ['perMinute is 0', ['perMinute']]
      const users = compileDistribution(arrivals.users)
      return users.constant && users.mean === 0 ? ['there are 0 users', ['users']] : undefined
    }
    case 'closed':
      return arrivals.users === 0 ? ['there are 0 users', ['users']] : undefined
    case 'trace':
      if (arrivals.times.length === 0) return ['the trace is empty', []]
      return arrivals.times[0]! >= horizon
        ? [`the trace begins at ${arrivals.times[0]}, not before the horizon ${horizon}`, []]
        : undefined
    case 'counts':
      return arrivals.counts.every((count) => count === 0) ? ['every count is 0', []] : undefined
    case 'mmpp':
      return arrivals.rates.every((rate) => rate === 0) ? ['every rate is 0', ['rates']] : undefined
    default:
      return arrivals.rate === 0 ? ['the rate is 0', ['rate']] : undefined
  }
}
