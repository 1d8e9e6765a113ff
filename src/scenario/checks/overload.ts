/** The endpoints and classes that bulkheads are for exist, and belong to one only. */
import { existing, type Path } from '../path.ts'
import { type CheckContext, suggest } from './context.ts'

export function checkOverload({ scenario, problems, raw, partial }: CheckContext): void {
  // As results name them.
  const classes = scenario.workloads.flatMap((workload) =>
    workload.classes.map(({ name }) =>
      workload.classes.length === 1 && name === 'default' ? workload.name : `${workload.name}.${name}`,
    ),
  )
  for (const service of scenario.services) {
    const seen = new Map<string, string>()
    const check = (kind: string, name: string, known: readonly string[], owner: string, path: Path): void => {
      const at = existing(raw, path)
      if (!known.includes(name)) {
        if (kind === 'endpoint') {
          const hint = suggest(name, known, 'Add it.')
          problems.add(at, `service "${service.name}" has no endpoint "${name}"`, hint)
        } else if (partial === undefined) {
          problems.add(at, `unknown class "${name}"`, suggest(name, known, 'Declare it at a workload.'))
        }
      }
      const key = `${kind} ${name}`
      const other = seen.get(key)
      if (other !== undefined)
        problems.add(at, `${kind} "${name}" is in the bulkhead "${other}" already`, 'Name it once.')
      seen.set(key, owner)
    }
    const endpoints = service.endpoints.map(({ name }) => name)
    for (const bulkhead of service.overload?.bulkheads ?? []) {
      const path = ['services', service.name, 'overload', 'bulkheads', bulkhead.name]
      bulkhead.endpoints?.forEach((name, i) => {
        check('endpoint', name, endpoints, bulkhead.name, [...path, 'endpoints', i])
      })
      bulkhead.classes?.forEach((name, i) => {
        check('class', name, classes, bulkhead.name, [...path, 'classes', i])
      })
    }
  }
}
