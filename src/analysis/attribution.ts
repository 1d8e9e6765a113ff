/**
 * Why requests are slow. The time of a request is known by phase and component; phases that one resource explains
 * are taken together, so that the answer is a cause: the cpu of `web`, the connections of `orders`, the network.
 */
import type { BreakdownEntry, LatencyPart, Result } from '../results/types.ts'

export type CauseKind =
  | 'admission'
  | 'availability'
  | 'cache'
  | 'connections'
  | 'cpu'
  | 'io'
  | 'memory'
  | 'network'
  | 'queries'
  | 'retries'
  | 'sockets'
  | 'workers'

const KIND: Readonly<Record<string, CauseKind>> = {
  'admission-wait': 'admission',
  unroutable: 'availability',
  cache: 'cache',
  'pool-wait': 'connections',
  cpu: 'cpu',
  'cpu-wait': 'cpu',
  io: 'io',
  'memory-wait': 'memory',
  network: 'network',
  query: 'queries',
  'query-wait': 'queries',
  backoff: 'retries',
  'failed-attempt': 'retries',
  connect: 'sockets',
  'socket-wait': 'sockets',
  'worker-wait': 'workers',
}

/** Where a component's result tells how much of a resource was in use. */
const RESOURCE: Partial<Record<CauseKind, string>> = {
  connections: 'connections',
  cpu: 'cpu',
  memory: 'memory',
  queries: 'parallelism',
  sockets: 'sockets',
  workers: 'workers',
}

export type Cause = {
  readonly kind: CauseKind
  readonly component: string
  /** Seconds per request, and of them those of waiting for the resource. */
  readonly seconds: number
  readonly waiting: number
  /** Of the sum over all causes of the same sign. */
  readonly share: number
  /** Of the resource, as a time average; null where it has none. */
  readonly utilization: number | null
}

export type Attribution = {
  /** Of the mean latency, largest first. */
  readonly mean: readonly Cause[]
  /** What the slowest 5 % and 1 % spent more than the fastest half did, largest first; empty where nothing was measured. */
  readonly slowest5: readonly Cause[]
  readonly slowest1: readonly Cause[]
  /** The first cause of the slowest 5 % that is waiting for something. */
  readonly limiting: Cause | null
}

export function attribute(result: Result): Attribution {
  const body = result.parts.find(({ which }) => which === 'fastest')
  const excess = (asked: number): Cause[] => {
    const tail = result.parts.find((part) => part.which === 'slowest' && part.asked === asked)
    return tail === undefined || body === undefined ? [] : excessOf(tail, body, result)
  }
  const slowest5 = excess(0.05)
  return {
    mean: causesOf(result.breakdown, result),
    slowest5,
    slowest1: excess(0.01),
    limiting: slowest5.find(({ waiting, seconds }) => waiting > seconds / 2) ?? null,
  }
}

/** What `after` spends more (positive) or less than `before` per request, largest change first. */
export function changesBetween(before: Result, after: Result): Cause[] {
  return difference(after.breakdown, before.breakdown, after)
}

function excessOf(tail: LatencyPart, body: LatencyPart, result: Result): Cause[] {
  return difference(tail.breakdown, body.breakdown, result).filter(({ seconds }) => seconds > 0)
}

function difference(
  more: readonly BreakdownEntry[],
  less: readonly BreakdownEntry[],
  result: Result,
): Cause[] {
  return causesOf([...more, ...less.map((entry) => ({ ...entry, mean: -entry.mean }))], result)
}

function causesOf(breakdown: readonly BreakdownEntry[], result: Result): Cause[] {
  const sums = new Map<string, { kind: CauseKind; component: string; seconds: number; waiting: number }>()
  for (const { phase, component, mean } of breakdown) {
    const kind = KIND[phase] ?? 'io'
    const key = `${kind} ${component}`
    const sum = sums.get(key) ?? { kind, component, seconds: 0, waiting: 0 }
    sum.seconds += mean
    if (phase.endsWith('-wait') || phase === 'unroutable') sum.waiting += mean
    sums.set(key, sum)
  }
  const causes = [...sums.values()].filter(({ seconds }) => seconds !== 0)
  const total = (sign: number): number =>
    causes.reduce((sum, { seconds }) => sum + Math.max(0, sign * seconds), 0)
  const [gained, lost] = [total(1), total(-1)]
  return causes
    .map((cause) => ({
      ...cause,
      share: Math.abs(cause.seconds) / (cause.seconds > 0 ? gained : lost),
      utilization: utilizationOf(result, cause.kind, cause.component),
    }))
    .sort((a, b) => Math.abs(b.seconds) - Math.abs(a.seconds))
}

function utilizationOf({ components }: Result, kind: CauseKind, name: string): number | null {
  const component = components[name]
  const resource = RESOURCE[kind]
  if (component === undefined || resource === undefined || !('utilization' in component)) return null
  return (component.utilization as Readonly<Record<string, number | null>>)[resource] ?? null
}

const WORDS: Readonly<Record<CauseKind, (name: string) => string>> = {
  admission: (name) => `admission to ${name}`,
  availability: (name) => `no available backend of ${name}`,
  cache: (name) => `the cache ${name}`,
  connections: (name) => `the connection pool of ${name}`,
  cpu: (name) => `the cpu of ${name}`,
  io: (name) => `io in ${name}`,
  memory: (name) => `the memory of ${name}`,
  network: (name) => `the network ${name}`,
  queries: (name) => `queries to ${name}`,
  retries: (name) => `failed attempts and retries of ${name}`,
  sockets: (name) => `the sockets of ${name}`,
  workers: (name) => `the workers of ${name}`,
}

/** `the cpu of web`. */
export function nameCause({ kind, component }: Pick<Cause, 'kind' | 'component'>): string {
  return WORDS[kind](component)
}
