/** What events do to databases. Overlapping ones compose: factors multiply, failures are independent, crashes count. */
import type { ScenarioEvent } from '../scenario/types.ts'
import type { World } from './world.ts'

/** False where the event that starts or ends is none of a database. `isOn`: by event, in spells while one lasts. */
export function strikeDatabase(
  { databases, compiled }: World,
  events: readonly ScenarioEvent[],
  isOn: (event: number) => boolean,
  event: ScenarioEvent,
  on: number,
): boolean {
  if (event.kind !== 'outage' && event.kind !== 'slow' && event.kind !== 'fail') return false
  const name = event.kind === 'fail' ? event.database : event.service
  const d = compiled.databases.findIndex((spec) => spec.name === name)
  if (d < 0) return false
  if (event.kind === 'outage') {
    databases.crashed[d]! += on === 1 ? 1 : -1
    if (on === 1) databases.crash(d)
    return true
  }
  let slowness = 1
  let works = 1
  events.forEach((other, e) => {
    if (!isOn(e)) return
    if (other.kind === 'slow' && other.service === name) slowness *= other.factor
    if (other.kind === 'fail' && other.database === name) works *= 1 - other.rate
  })
  databases.failing[d] = 1 - works
  databases.slow(d, slowness)
  return true
}
