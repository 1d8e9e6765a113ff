/** What services say of the calls to them has to mean something to those who call over a balancer. */
import { existing } from '../path.ts'
import type { CheckContext } from './context.ts'

const FIELDS = ['timeout', 'retry', 'hedge', 'circuitBreaker'] as const

export function checkCallDefaults({ scenario, problems, raw }: CheckContext): void {
  for (const balancer of scenario.balancers) {
    const targets = scenario.services.filter(({ name }) => balancer.targets.includes(name))
    for (const field of FIELDS) {
      const texts = targets.map((service) => JSON.stringify(service[field]))
      const differs = texts.findIndex((text) => text !== texts[0])
      if (differs < 0) continue
      const declared = targets.find((service) => service[field] !== undefined)!
      problems.add(
        existing(raw, ['services', declared.name, field]),
        `the targets of "${balancer.name}" do not say the same of "${field}", which is a default of those who call them`,
        'Write the same at each target, or write it at the calling sites.',
      )
    }
  }
}
