import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { readPairs } from './step-scaling.ts'

class Schedule implements ScalingPolicy {
  private readonly entries: readonly (readonly [number, number])[]
  private readonly period: number
  private readonly lead: number

  constructor(entries: readonly (readonly [number, number])[], period: number, lead: number) {
    this.entries = entries
    this.period = period
    this.lead = lead
  }

  decide({ time }: ScalingView): number {
    const ahead = time + this.lead
    const clock = this.period > 0 ? ahead - Math.floor(ahead / this.period) * this.period : ahead
    // Before the first entry the last one still holds, as it does overnight.
    let replicas = this.entries.at(-1)![1]
    for (const [from, wanted] of this.entries) if (clock >= from) replicas = wanted
    return replicas
  }

  save(): unknown {
    return {}
  }

  load(): void {}
}

/**
 * As many replicas as the clock says: `entries` are `[seconds, replicas]`, each from its time on, repeated every
 * `period` seconds (0: not repeated); `lead` seconds early, so that replicas are ready in time.
 */
export const schedule: PolicyDefinition<ScalingPolicy> = {
  name: 'schedule',
  summary: 'As many replicas as the time of the period says.',
  information: 'own',
  defaults: { entries: [[0, 1]], period: 86_400, lead: 0 },
  create(params) {
    const reader = new Params('schedule', params, this.defaults)
    const entries = readPairs(reader, 'entries', '[[0, 2], [28800, 10], [72000, 4]]')
    const period = reader.seconds('period')
    const lead = reader.seconds('lead')
    const last = entries.at(-1)![0]
    if (period > 0 && last >= period) {
      reader.reject(
        `expected times below the period of ${period} s, got ${last}`,
        `entries[${entries.length - 1}][0]`,
      )
    }
    reader.finish()
    return new Schedule(entries, period, lead)
  },
}
