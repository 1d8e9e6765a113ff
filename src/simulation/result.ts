/** From the state of a run to its result. */
import type { Sampler } from '../metrics/sampler.ts'
import { eventTarget } from '../model/faults.ts'
import type { World } from '../model/world.ts'
import {
  type ClassResult,
  type EventMarker,
  OUTCOMES,
  type OutcomeCounts,
  type PhaseShare,
  type Result,
  type SloResult,
} from '../results/types.ts'
import type { Slo } from '../scenario/types.ts'
import { VERSION } from '../version.ts'
import { retries } from './call-results.ts'
import { Latencies } from './latency-summary.ts'
import { breakdownOf, tailsOf } from './tails.ts'
import { topologyOf } from './topology.ts'
import { warnings } from './warnings.ts'

export function buildResult(
  world: World,
  sampler: Sampler,
  components: Result['components'],
  hash: string,
): Result {
  const { compiled, requests, kernel, horizon } = world
  const { scenario } = compiled
  const all = new Latencies(requests.recorders)
  const byClass: Record<string, ClassResult> = {}
  const total: Record<string, number> = {}
  const latency = all.summary()
  const single = compiled.classes.length === 1
  const retried = retries(world)
  compiled.classes.forEach((item, c) => {
    const outcomes = countsOf(requests.outcomes.subarray(c * OUTCOMES.length, (c + 1) * OUTCOMES.length))
    for (const [outcome, count] of Object.entries(outcomes)) total[outcome] = (total[outcome] ?? 0) + count
    byClass[item.name] = {
      created: requests.created[c]!,
      ...(retried ? { retries: world.callers.sites.retriesByClass[c]! } : {}),
      inFlight: requests.openOf(c),
      outcomes,
      latency: single ? latency : new Latencies([requests.recorders[c]!]).summary(),
      breakdown: breakdownOf(compiled.cells, requests.recorders[c]!.phaseSums, requests.recorders[c]!.count),
    }
  })
  const window = Math.max(0, Math.min(kernel.now, horizon) - scenario.warmup)
  const { phases, breakdown } = phaseShares(world, all)
  const result: Omit<Result, 'warnings'> = {
    schema: 1,
    version: VERSION,
    scenario: { name: scenario.name, hash },
    seed: world.seed,
    horizon,
    warmup: scenario.warmup,
    requests: {
      created: requests.createdTotal,
      inFlight: requests.open.value[0]!,
      outcomes: inOrder(total),
      byClass,
    },
    throughput: window > 0 ? requests.okInWindow / window : 0,
    measured: {
      ended: requests.endedInWindow.reduce((sum, count) => sum + count, 0),
      errors: requests.errorsInWindow,
    },
    censored: requests.censored(),
    latency,
    distribution: all.distribution(),
    phases,
    breakdown,
    parts: tailsOf(requests.recorders, compiled.cells),
    components,
    topology: topologyOf(compiled),
    series: sampler.series(),
    events: scenario.events.map(
      (event): EventMarker => ({
        at: event.at,
        until: Number.isFinite(event.until) ? event.until : null,
        kind: event.kind,
        target: eventTarget(event),
      }),
    ),
    slo: scenario.slo.map((slo) => checkSlo(slo, all, world, window)),
  }
  return { ...result, warnings: warnings(result, world) }
}

function countsOf(counts: Float64Array): OutcomeCounts {
  return inOrder(Object.fromEntries(OUTCOMES.map((outcome, i) => [outcome, counts[i]!])))
}

function inOrder(counts: Readonly<Record<string, number>>): OutcomeCounts {
  const result: OutcomeCounts = {}
  for (const outcome of OUTCOMES) if ((counts[outcome] ?? 0) > 0) result[outcome] = counts[outcome]!
  return result
}

function phaseShares(world: World, all: Latencies): Pick<Result, 'phases' | 'breakdown'> {
  const { compiled, requests } = world
  const sum = all.sum
  const share = (time: number): PhaseShare => ({ mean: time / all.count, share: sum > 0 ? time / sum : 0 })
  if (all.count === 0) return { phases: {}, breakdown: [] }
  const times = compiled.cells.map((_, i) =>
    requests.recorders.reduce((time, recorder) => time + recorder.phaseSums[i]!, 0),
  )
  const byPhase = new Map<string, number>()
  compiled.cells.forEach(({ phase }, i) => byPhase.set(phase, (byPhase.get(phase) ?? 0) + times[i]!))
  const sorted = [...byPhase].filter(([, time]) => time > 0).sort(([, a], [, b]) => b - a)
  return {
    phases: Object.fromEntries(sorted.map(([phase, time]) => [phase, share(time)])),
    breakdown: breakdownOf(compiled.cells, times, all.count),
  }
}

/** @param window length of the measured window, seconds. */
function checkSlo(slo: Slo, all: Latencies, world: World, window: number): SloResult {
  const { requests } = world
  const value = ((): number | null => {
    if (slo.kind === 'throughput') return window > 0 ? requests.okInWindow / window : null
    if (slo.kind === 'errors') {
      const ended = requests.endedInWindow.reduce((sum, count) => sum + count, 0)
      return ended > 0 ? requests.errorsInWindow / ended : null
    }
    if (all.count === 0) return null
    return slo.kind === 'mean' ? all.sum / all.count : all.quantile(slo.quantile)
  })()
  if (slo.kind === 'throughput')
    return { text: slo.text, value, bound: slo.above, met: value !== null && value > slo.above }
  return { text: slo.text, value, bound: slo.below, met: value !== null && value < slo.below }
}
