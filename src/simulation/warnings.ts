/** What a reader of a result should know before trusting it. */
import { mser5 } from '../analysis/mser5.ts'
import type { World } from '../model/world.ts'
import type { Result, Warning } from '../results/types.ts'

/** A component busier than this has no stationary state worth the name. */
const SATURATED = 0.98
/** Share of its sockets from which a component is close to running out. */
const NEAR_MAX = 0.9
/** Fewest latencies beyond a quantile for it to mean something. */
const BEYOND = 10

export function warnings(result: Omit<Result, 'warnings'>, world: World): Warning[] {
  return [
    ...saturated(result),
    ...socketWarnings(result),
    ...poolWarnings(result),
    ...censored(result, world),
    ...samples(result),
    ...warmup(result, world),
  ]
}

function saturated(result: Omit<Result, 'warnings'>): Warning[] {
  return Object.entries(result.components).flatMap(([name, component]): Warning[] => {
    if (component.kind !== 'service' && component.kind !== 'database') return []
    const found: Warning[] = []
    for (const [resource, utilization] of Object.entries(component.utilization)) {
      if (utilization === null || utilization <= SATURATED) continue
      const percent = (100 * utilization).toFixed(1)
      found.push({
        code: 'saturated',
        message: `${resource} of ${name} was in use ${percent} % of the time: its queue grows for as long as the run lasts.`,
      })
    }
    if (found.length > 0 || component.kind === 'database') return found
    return component.replicas
      .filter((replica) => (replica.utilization ?? 0) > SATURATED)
      .map((replica) => ({
        code: 'saturated',
        message: `cpu of ${name}/${replica.slot} was in use ${(100 * replica.utilization!).toFixed(1)} % of the time, while ${name} as a whole was not: the balancing policy overloads it.`,
      }))
  })
}

function socketWarnings({ components }: Omit<Result, 'warnings'>): Warning[] {
  return Object.entries(components).flatMap(([name, component]): Warning[] => {
    if ((component.kind !== 'balancer' && component.kind !== 'service') || !component.sockets) return []
    const { refused, dropped, exhausted, noPort, peak, max } = component.sockets
    const limit =
      (max ?? Number.POSITIVE_INFINITY) * (component.kind === 'service' ? component.replicas.length : 1)
    const found: Warning[] = []
    if (refused + dropped + exhausted > 0)
      found.push({
        code: 'sockets-exhausted',
        message: `${name} ran out of sockets or of memory for connections: it dropped ${dropped} and refused ${refused} of those that came, and could not open ${exhausted}.`,
      })
    else if (peak >= NEAR_MAX * limit)
      found.push({
        code: 'sockets-near-max',
        message: `${name} had ${peak} of its ${limit} sockets in use at its peak. Raise max, or add instances.`,
      })
    if (noPort > 0)
      found.push({
        code: 'ports-exhausted',
        message: `${name} had no ephemeral port for ${noPort} connections: each is taken for timeWait after it closes. Keep connections alive, or add instances.`,
      })
    return found
  })
}

function poolWarnings({ components }: Omit<Result, 'warnings'>): Warning[] {
  return Object.entries(components).flatMap(([name, component]): Warning[] =>
    component.kind === 'database' && (component.shortfalls ?? 0) > 0
      ? [
          {
            code: 'connections-exhausted',
            message: `${component.shortfalls} pools found fewer than all of their connections left at ${name}, which had ${component.open!.max} open at its peak. Give each replica fewer connections, or raise maxConnections.`,
          },
        ]
      : [],
  )
}

function censored(result: Omit<Result, 'warnings'>, world: World): Warning[] {
  const sent = world.requests.sentInWindow.reduce((sum, count) => sum + count, 0)
  if (result.censored <= 0.01 * sent) return []
  return [
    {
      code: 'censored',
      message: `${result.censored} of ${sent} measured requests had no outcome at the end: latencies leave out the slowest. Use a longer horizon, or drain.`,
    },
  ]
}

function samples(result: Omit<Result, 'warnings'>): Warning[] {
  const { count } = result.latency
  if (count === 0) return [{ code: 'no-samples', message: 'no request that was measured ended ok.' }]
  const weak = [
    ['p95', 0.05],
    ['p99', 0.01],
    ['p999', 0.001],
  ] as const
  const names = weak.filter(([, tail]) => count * tail < BEYOND).map(([name]) => name)
  if (names.length === 0) return []
  return [
    {
      code: 'too-few-samples',
      message: `${count} latencies are too few for ${names.join(', ')}: fewer than ${BEYOND} lie beyond. Use a longer horizon.`,
    },
  ]
}

function warmup(result: Omit<Result, 'warnings'>, world: World): Warning[] {
  if (result.latency.quantiles !== 'exact' || world.compiled.scenario.events.length > 0) return []
  const { recorders } = world.requests
  if (recorders.length !== 1 || recorders[0]!.count < 1000) return []
  const { raw, count, moments } = recorders[0]!
  const { mean } = moments
  const cut = mser5(raw.subarray(0, count))
  // A cut that changes the mean by less than 5 % is noise, or harmless.
  if (cut.truncation === 0 || Math.abs(cut.mean - mean) < 0.05 * mean) return []
  const share = ((100 * cut.truncation) / count).toFixed(0)
  return [
    {
      code: 'warmup-too-short',
      message: cut.reliable
        ? `the first ${share} % of the measured latencies look like warm-up (MSER-5). Use a longer warm-up.`
        : 'the latencies have not settled by half the run (MSER-5). Use a longer warm-up and horizon.',
    },
  ]
}
