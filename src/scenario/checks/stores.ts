/** Queries go to databases and name types that exist there; what strikes a database is something that it can suffer. */
import { existing } from '../path.ts'
import { type CheckContext, missSteps, stepsOf, suggest } from './context.ts'

export function checkStores({ scenario, problems, raw, partial }: CheckContext): void {
  const databases = scenario.databases ?? []
  const lists = [...scenario.services.map(stepsOf), ...(scenario.caches ?? []).map(missSteps)]
  for (const list of lists) {
    for (const { step, path } of list) {
      if (step.kind !== 'query') continue
      const database = databases.find((item) => item.name === step.to)
      if (step.key !== undefined && database !== undefined && database.rowLocks !== true)
        problems.add(
          existing(raw, [...path, 'query', 'key']),
          `nothing at the database "${step.to}" depends on a key`,
          'Give the database rowLocks: true, or remove the key.',
        )
      if (
        step.type === undefined ||
        database === undefined ||
        database.queries.some(({ type }) => type === step.type)
      )
        continue
      problems.add(
        existing(raw, [...path, 'query', 'type']),
        `database "${step.to}" has no query "${step.type}"`,
        suggest(
          step.type,
          database.queries.map(({ type }) => type),
          'Add it under its queries, or give the query a latency.',
        ),
      )
    }
  }
  scenario.events.forEach((event, i) => {
    if (event.kind !== 'outage' && event.kind !== 'slow') return
    if (!databases.some(({ name }) => name === event.service)) return
    const path = ['events', partial?.eventIndex[i] ?? i]
    if (event.kind === 'outage' && event.mode === 'drain')
      problems.add(
        existing(raw, [...path, 'mode']),
        `the database "${event.service}" is in no rotation that it could be taken out of`,
        'Write mode: crash.',
      )
  })
}
