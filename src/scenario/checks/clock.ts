/** What happens, happens before the horizon. */
import type { CheckContext } from './context.ts'

/** Samples of a run; more would take longer than the run. */
const MAX_SAMPLES = 10_000_000

export function checkClock({ scenario, problems, partial }: CheckContext): void {
  if (partial?.timeless) return
  const { horizon, warmup, samplePeriod } = scenario
  if (warmup >= horizon)
    problems.add(
      ['warmup'],
      `warmup ${warmup} is not before the horizon ${horizon}`,
      'Nothing would be measured: shorten it.',
    )
  if (samplePeriod > horizon)
    problems.add(
      ['samplePeriod'],
      `samplePeriod ${samplePeriod} is above the horizon ${horizon}`,
      'Give at most the horizon.',
    )
  else if (horizon / samplePeriod > MAX_SAMPLES)
    problems.add(
      ['samplePeriod'],
      `samplePeriod ${samplePeriod} makes more than ${MAX_SAMPLES} samples`,
      'Sample less often.',
    )
  scenario.events.forEach((event, i) => {
    if (event.at < horizon) return
    problems.add(
      ['events', partial?.eventIndex[i] ?? i, 'at'],
      `the event begins at ${event.at}, not before the horizon ${horizon}`,
      'Begin it earlier or remove it.',
    )
  })
}
