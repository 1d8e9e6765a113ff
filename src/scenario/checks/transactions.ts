/** A transaction has one connection, which runs one query at a time. */
import { existing, type Path } from '../path.ts'
import type { Step } from '../types.ts'
import { type CheckContext, nestedLists } from './context.ts'

export function checkTransactions({ scenario, problems, raw }: CheckContext): void {
  const add = (path: Path, what: string, hint: string): void => problems.add(existing(raw, path), what, hint)

  /** `open`: databases of the transactions around; of `forked` ones, in the branches of a parallel step. */
  const follow = (
    steps: readonly Step[],
    base: Path,
    open: readonly string[],
    forked: readonly string[],
  ): void => {
    steps.forEach((step, i) => {
      const path = [...base, i]
      if (step.kind === 'query' && open.includes(step.to)) {
        if (forked.includes(step.to))
          add(
            [...path, 'query'],
            `the connection of the transaction at "${step.to}" runs one query at a time`,
            'Move the parallel step out of the transaction, or the query out of the parallel step.',
          )
        for (const field of ['retry', 'hedge'] as const) {
          if (step[field] === undefined) continue
          add(
            [...path, 'query', field],
            `a query within a transaction cannot have "${field}": its connection runs one query at a time`,
            'Write it where the endpoint is called, so that the whole transaction is done again.',
          )
        }
      }
      if (step.kind === 'transaction') {
        if (open.includes(step.to))
          add(
            [...path, 'transaction', 'to'],
            `a transaction at "${step.to}" is open already`,
            'Remove the inner one: a second connection could wait for the first for ever.',
          )
        if (!queries(step.steps, step.to))
          add(
            [...path, 'transaction', 'steps'],
            `the transaction has no query to "${step.to}"`,
            'Add one, or remove the transaction.',
          )
      }
      for (const inner of nestedLists(step))
        follow(
          inner.steps,
          [...path, ...inner.path],
          step.kind === 'transaction' ? [...open, step.to] : open,
          step.kind === 'parallel' ? open : forked,
        )
    })
  }

  for (const service of scenario.services)
    for (const endpoint of service.endpoints)
      follow(endpoint.steps, ['services', service.name, 'endpoints', endpoint.name], [], [])
}

/** Whether some of the steps is a query to the database. */
function queries(steps: readonly Step[], to: string): boolean {
  return steps.some(
    (step) =>
      (step.kind === 'query' && step.to === to) ||
      nestedLists(step).some((inner) => queries(inner.steps, to)),
  )
}
