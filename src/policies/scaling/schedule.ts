import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { EPSILON, isRecord } from './scaling-rules.ts'

type Entry = { readonly at: number; readonly replicas: number }

class Schedule implements ScalingPolicy {
  private readonly entries: readonly Entry[]
  private readonly period: number
  private readonly lead: number

  constructor(entries: readonly Entry[], period: number, lead: number) {
    this.entries = entries
    this.period = period
    this.lead = lead
  }

  decide(view: ScalingView): number {
    const { entries, period } = this
    const later = view.time + this.lead
    const time = period > 0 ? later - period * Math.floor(later / period + EPSILON) : later
    const due = entries.findLast((entry) => entry.at <= time + EPSILON)
    // Before the first entry of a period the last one of the period before holds.
    const holds = due ?? (period > 0 ? entries.at(-1) : undefined)
    return holds === undefined ? view.target : holds.replicas
  }

  save(): unknown {
    return null
  }

  load(_state: unknown): void {}
}

/**
 * The number of the latest of `entries: [{ at: 8h, replicas: 10 }, ...]` in ascending order of `at`, seconds from the
 * start or, with a `period` (0: none), of each period. `lead`: seconds by which each is anticipated, e.g. the startup time.
 */
export const schedule: PolicyDefinition<ScalingPolicy> = {
  name: 'schedule',
  summary: 'Numbers of replicas by the clock.',
  information: 'own',
  defaults: { entries: [], period: 0, lead: 0 },
  create(params) {
    const reader = new Params('schedule', params, this.defaults)
    const period = reader.seconds('period')
    const lead = reader.seconds('lead')
    const entries = readEntries(reader, period)
    reader.finish()
    return new Schedule(entries, period, lead)
  },
}

function readEntries(reader: Params, period: number): Entry[] {
  const written = reader.raw('entries')
  if (!Array.isArray(written)) {
    reader.reject('expected a list of { at, replicas }', 'entries', 'Write [{ at: 8h, replicas: 10 }].')
    return []
  }
  const entries = written.map((entry: unknown, i): Entry => {
    const { at, replicas, ...others } = isRecord(entry) ? entry : {}
    const seconds = reader.secondsOf(at)
    if (
      seconds !== undefined &&
      seconds >= 0 &&
      Number.isSafeInteger(replicas) &&
      (replicas as number) >= 0
    ) {
      if (Object.keys(others).length === 0) return { at: seconds, replicas: replicas as number }
    }
    const got = JSON.stringify(entry)
    reader.reject(`expected { at, replicas }, got ${got}`, `entries[${i}]`, 'Write { at: 8h, replicas: 10 }.')
    return { at: Number.NaN, replicas: 0 }
  })
  entries.forEach(({ at }, i) => {
    const before = entries[i - 1]
    if (before !== undefined && at <= before.at)
      reader.reject(`expected a time above ${before.at}, got ${at}`, `entries[${i}].at`)
    if (period > 0 && at >= period)
      reader.reject(`expected a time below the period ${period}, got ${at}`, `entries[${i}].at`)
  })
  return entries
}
