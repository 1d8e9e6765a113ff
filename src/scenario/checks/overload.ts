/** Overload control that can work: bulkheads of what exists, and limits where there is something to limit. */
import type { Overload } from '../overload-types.ts'
import { existing, type Path } from '../path.ts'
import type { Balancer } from '../types.ts'
import { type CheckContext, suggest } from './context.ts'

export function checkOverload(context: CheckContext): void {
  const { scenario, problems, raw } = context
  for (const service of scenario.services) {
    const path = ['services', service.name, 'overload']
    const endpoints = service.endpoints.map(({ name }) => name)
    checkBulkheads(context, service.overload, path, `service "${service.name}"`, endpoints)
    if (service.overload?.dagor !== undefined && service.discipline === 'ps')
      problems.add(
        existing(raw, [...path, 'dagor']),
        'dagor goes by the wait for a core, which nothing has under ps',
        'Use discipline: fifo, or limit the concurrency instead.',
      )
  }
  for (const balancer of scenario.balancers) {
    const path = ['balancers', balancer.name, 'overload']
    checkBulkheads(context, balancer.overload, path, `balancer "${balancer.name}"`, [])
    if (balancer.overload !== undefined) checkBalancer(context, balancer, balancer.overload, path)
  }
}

/** The endpoints and classes that bulkheads are for exist, and belong to one only. */
function checkBulkheads(
  { scenario, problems, raw, partial }: CheckContext,
  overload: Overload | undefined,
  base: Path,
  owner: string,
  endpoints: readonly string[],
): void {
  // As results name them.
  const classes = scenario.workloads.flatMap((workload) =>
    workload.classes.map(({ name }) =>
      workload.classes.length === 1 && name === 'default' ? workload.name : `${workload.name}.${name}`,
    ),
  )
  const seen = new Map<string, string>()
  const check = (
    kind: string,
    name: string,
    known: readonly string[],
    bulkhead: string,
    path: Path,
  ): void => {
    const at = existing(raw, path)
    if (!known.includes(name)) {
      if (kind === 'endpoint') {
        problems.add(at, `${owner} has no endpoint "${name}"`, suggest(name, known, 'Add it.'))
      } else if (partial === undefined) {
        problems.add(at, `unknown class "${name}"`, suggest(name, known, 'Declare it at a workload.'))
      }
    }
    const key = `${kind} ${name}`
    const other = seen.get(key)
    if (other !== undefined)
      problems.add(at, `${kind} "${name}" is in the bulkhead "${other}" already`, 'Name it once.')
    seen.set(key, bulkhead)
  }
  for (const bulkhead of overload?.bulkheads ?? []) {
    const path = [...base, 'bulkheads', bulkhead.name]
    bulkhead.endpoints?.forEach((name, i) => {
      check('endpoint', name, endpoints, bulkhead.name, [...path, 'endpoints', i])
    })
    bulkhead.classes?.forEach((name, i) => {
      check('class', name, classes, bulkhead.name, [...path, 'classes', i])
    })
  }
}

function checkBalancer(
  { problems, raw }: CheckContext,
  { response, noBackend }: Balancer,
  overload: Overload,
  base: Path,
): void {
  const report = (field: string, what: string, hint: string): void =>
    problems.add(existing(raw, [...base, field]), what, hint)
  const { concurrencyLimit, bulkheads = [], queueLimit, shedDelay, queue } = overload
  if (response === 'direct') {
    const field = concurrencyLimit === undefined ? 'bulkheads' : 'concurrencyLimit'
    if (concurrencyLimit !== undefined || bulkheads.length > 0)
      report(field, `${field} needs the answers, which do not pass here`, 'Leave out response: direct.')
  }
  if (queueLimit !== Number.POSITIVE_INFINITY && noBackend === 0)
    report(
      'queueLimit',
      'queueLimit bounds the wait for a backend, and nothing waits for one here',
      'Give the balancer noBackend: 5s, or bound the wait for a limit by its maxQueue.',
    )
  const waits = [concurrencyLimit, ...bulkheads].some((limit) => (limit?.maxQueue ?? 0) > 0)
  const needy = shedDelay === undefined ? 'queue' : 'shed'
  if (!waits && (shedDelay !== undefined || queue !== 'fifo'))
    report(
      needy,
      `${shedDelay?.kind ?? queue} is about the wait for a concurrency limit, and nothing waits for one here`,
      'Give concurrencyLimit: { fixed: { limit: 100, maxQueue: 1000 } }.',
    )
}
