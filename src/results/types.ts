/**
 * What a run gives: the data contract that readers, writers, reports and benchmarks share. Plain data, times in
 * seconds, sizes in bytes, rates per second. A change that breaks a reader raises `schema`.
 */

export const OUTCOMES = [
  'ok',
  'refused',
  'connect-timeout',
  'unavailable',
  'shed',
  'rate-limited',
  'circuit-open',
  'pool-timeout',
  'timeout',
  'deadline',
  'lost',
  'failed',
] as const

export type Outcome = (typeof OUTCOMES)[number]

/** Count of requests by outcome; an outcome that did not occur is absent. */
export type OutcomeCounts = Partial<Record<Outcome, number>>

export type LatencySummary = {
  /** Requests sent at or after `warmup` that ended ok. With none, every other field is null. */
  readonly count: number
  readonly mean: number | null
  /** Population standard deviation. */
  readonly std: number | null
  readonly min: number | null
  readonly max: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly p999: number | null
  /** `exact`: from the values (linear interpolation, R-7); `histogram`: within 0.5 % of the value. */
  readonly quantiles: 'exact' | 'histogram'
}

/** Mean seconds of a phase per measured request, and its share of the mean latency. */
export type PhaseShare = { readonly mean: number; readonly share: number }

/** Time-weighted over [warmup, horizon). */
export type GaugeSummary = { readonly mean: number; readonly max: number }

/** Mean seconds per request that a phase at a component took, and its share of the mean latency. */
export type BreakdownEntry = {
  readonly phase: string
  readonly component: string
  readonly mean: number
  readonly share: number
}

/** Some of the measured requests by latency, and where their time went. */
export type LatencyPart = {
  readonly which: 'slowest' | 'fastest'
  /** Share of the requests that was asked for, e.g. 0.01, and the share that the part has: bins of latency are taken whole. */
  readonly asked: number
  readonly share: number
  readonly count: number
  /** Bounds of the latencies, seconds. */
  readonly above: number | null
  readonly below: number | null
  readonly mean: number
  /** In falling order; they sum to the mean. */
  readonly breakdown: readonly BreakdownEntry[]
}

/** A calling site that retries, hedges or has a circuit breaker, over the whole run and all of its callers. */
export type CallSiteResult = {
  /** Legs sent: first attempts, retries and copies. */
  readonly attempts: number
  readonly retries: number
  /** Copies sent because an attempt took long, and those whose answer was the first. */
  readonly hedges: number
  readonly hedgeWins: number
  /** Retries and copies that their budget did not allow. */
  readonly deniedRetries: number
  readonly deniedHedges: number
  /** Attempts that the circuit breaker did not let through. */
  readonly rejected: number
  /** Legs sent per call. */
  readonly amplification: number
  /** Times that a circuit went to open, and seconds that it was, summed over callers; the same at sites that share it. */
  readonly circuit?: { readonly opens: number; readonly openTime: number }
}

/** Why a service did not do the work of a leg. */
export type RefusalReason =
  | 'rate-limit'
  | 'concurrency-limit'
  | 'bulkhead'
  | 'queue-limit'
  /** By a more important one, in a full queue. */
  | 'displaced'
  /** Waited too long for a core (CoDel). */
  | 'delay'
  /** Nobody waited for it any more, and it was answered `deadline`. */
  | 'expired'
  /** Nobody waited for it any more, and it was dropped without answer. */
  | 'cancelled'
  /** Less important than the level that was admitted (DAGOR). */
  | 'level'
  /** The same, by a caller that knew the level: it never came. */
  | 'kept-back'

export type OverloadResult = {
  /** Legs by reason, over the whole run; a reason that did not occur is absent. */
  readonly refused: Partial<Record<RefusalReason, number>>
  /** Legs that waited for admission, where they can. */
  readonly queue?: GaugeSummary
  /** The limit of concurrency, where there is one; a mean over replicas. */
  readonly limit?: GaugeSummary
}

export type ClassResult = {
  readonly created: number
  /** Attempts after the first of any call made for the class, copies not included; absent where nothing retries. */
  readonly retries?: number
  readonly inFlight: number
  readonly outcomes: OutcomeCounts
  readonly latency: LatencySummary
  /** Where the class's mean latency went. */
  readonly breakdown: readonly BreakdownEntry[]
}

export type ReplicaResult = {
  readonly slot: number
  readonly speed: number
  /** Busy cores / cores; null where the service has no cpu step. */
  readonly utilization: number | null
  /** Requests at the replica. */
  readonly load: GaugeSummary
  readonly arrivals: number
}

/** Sockets of a component over all of its instances, over the whole run but for the gauges. */
export type SocketResult = {
  /** In use: busy, idle, and being set up. */
  readonly mean: number
  readonly peak: number
  /** Of one instance; null: unlimited. */
  readonly max: number | null
  /** Connections set up with the component at either end, and requests that found a kept one. */
  readonly opened: number
  readonly reused: number
  /** As a callee: SYNs that found the backlog full and were refused, or ignored. */
  readonly refused: number
  readonly dropped: number
  /** As a caller: connections for which it had no socket or memory, or no port. */
  readonly exhausted: number
  readonly noPort: number
  /** Ephemeral ports in use, in TIME_WAIT too. */
  readonly ports: { readonly mean: number; readonly peak: number }
}

export type ComponentResult =
  | {
      readonly kind: 'workload'
      readonly created: number
      /** Requests per second sent in [warmup, horizon). */
      readonly rate: number
      readonly calls?: CallSiteResult
    }
  | { readonly kind: 'link'; readonly inTransit: GaugeSummary; readonly sent: number; readonly lost: number }
  | {
      readonly kind: 'balancer'
      readonly inFlight: GaugeSummary
      readonly decisions: number
      readonly unroutable: GaugeSummary
      /** Probes sent over the whole run; absent where the policy sends none. */
      readonly probes?: number
      /** With outlier detection or a panic threshold: ejections of hosts, and how often panic began. */
      readonly ejections?: number
      readonly panics?: number
      /** Where the balancer has overload control. */
      readonly overload?: OverloadResult
      readonly sockets?: SocketResult
      /** Of connections, bytes. */
      readonly memory?: { readonly mean: number; readonly peak: number }
      readonly queue?: { readonly backlog: GaugeSummary }
    }
  | {
      readonly kind: 'database'
      /** Held / there are, on average; of parallelism null where it is unlimited. */
      readonly utilization: { readonly connections: number; readonly parallelism: number | null }
      readonly connections: GaugeSummary
      /** Connections that are open, held or not, where every replica has its own pool. */
      readonly open?: GaugeSummary
      /** Replicas (and caches) that found too few connections left when they wanted to open theirs. */
      readonly shortfalls?: number
      readonly running: GaugeSummary
      /** Queries and transactions that wait for a connection; queries that hold one and wait for the server. */
      readonly queue: { readonly pool: GaugeSummary; readonly query: GaugeSummary }
      /** Mean wait per query and transaction that asked for a connection, and per query that came, seconds. */
      readonly wait: { readonly pool: number; readonly query: number }
      /** Queries that came, in the whole run; per second in the measured window. */
      readonly arrivals: number
      readonly arrivalRate: number
      /** Begun in the whole run, where the scenario has transactions. */
      readonly transactions?: number
      /** Of the whole run: gave up waiting for a connection; failed by events. */
      readonly poolTimeouts: number
      readonly failures: number
    }
  | {
      readonly kind: 'cache'
      /** Of the whole run: requests whose value was there, and the others. */
      readonly hits: number
      readonly misses: number
      /** Misses that waited for the value that another one fetched. */
      readonly coalesced: number
      /** Misses that fetched a value before its end, where the cache recomputes early. */
      readonly early?: number
      /** Entries that went to make room; that were found past their time. */
      readonly evictions: number
      readonly expired: number
      /** Hits / requests in the measured window; null where there were none. */
      readonly hitRatio: number | null
      /** Entries, those past their time included until they are asked for. */
      readonly size: GaugeSummary
      /** Misses that fetch their value; that wait for another's. */
      readonly loading: GaugeSummary
      readonly waiting: GaugeSummary
    }
  | {
      readonly kind: 'service'
      readonly utilization: {
        readonly cpu: number | null
        readonly memory: number | null
        readonly workers: number | null
      }
      readonly queue: {
        readonly cpu: GaugeSummary
        readonly memory: GaugeSummary
        readonly workers: GaugeSummary
        readonly backlog?: GaugeSummary
      }
      readonly sockets?: SocketResult
      /** Mean wait per leg that came, seconds. */
      readonly wait: { readonly cpu: number; readonly memory: number; readonly workers: number }
      readonly overload?: OverloadResult
      readonly load: GaugeSummary
      readonly io: GaugeSummary
      readonly memory: { readonly mean: number; readonly peak: number }
      /** Legs per second that came to the service in the measured window. */
      readonly arrivalRate: number
      readonly arrivals: number
      /** Mean seconds from arrival at the service to its answer. */
      readonly residence: number
      readonly ready: GaugeSummary
      /** Legs that were cut off at draining replicas, where there is a `drainTimeout`; over the whole run. */
      readonly cutOff?: number
      /** Replica-hours paid x cost of one. */
      readonly cost: number
      readonly replicas: readonly ReplicaResult[]
      /** By step, for those calls of its endpoints that retry, hedge or have a circuit breaker. */
      readonly calls?: Readonly<Record<string, CallSiteResult>>
    }

/** Names of components, workloads first, and who sends to whom. */
export type Topology = {
  readonly nodes: readonly string[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

export type Series = {
  /** Instants of the samples. */
  readonly time: readonly number[]
  /** A gauge: its value at the instant. A counter: its increment since the sample before. */
  readonly values: Readonly<Record<string, readonly number[]>>
  /** Gauges only: the exact time average since the sample before. */
  readonly means: Readonly<Record<string, readonly number[]>>
}

export type EventMarker = {
  readonly at: number
  /** null: to the end of the run. */
  readonly until: number | null
  readonly kind: string
  readonly target: string
}

export type SloResult = {
  readonly text: string
  /** null when nothing was measured: then it is not met. */
  readonly value: number | null
  readonly bound: number
  readonly met: boolean
}

export type Warning = { readonly code: string; readonly message: string }

/** A warm-up that was not declared but found. */
export type Truncation = {
  /** White, Cobb and Spratt (2000), on the requests without an answer. */
  readonly method: 'mser-5'
  /** Cut from the start of the run, and as a share of the horizon. */
  readonly seconds: number
  readonly share: number
  /** Runs that it was found from. */
  readonly pilots: number
  /** False: the runs had not settled by half of what was looked at. */
  readonly reliable: boolean
}

export type Result = {
  readonly schema: 1
  /** Of this package. */
  readonly version: string
  readonly scenario: { readonly name: string; readonly hash: string }
  readonly seed: number | string
  readonly horizon: number
  readonly warmup: number
  /** How the warm-up was found; absent where the scenario, or whoever ran it, declared it. */
  readonly truncation?: Truncation
  readonly requests: {
    readonly created: number
    readonly inFlight: number
    readonly outcomes: OutcomeCounts
    readonly byClass: Readonly<Record<string, ClassResult>>
  }
  /** `ok` completions per second in [warmup, horizon). */
  readonly throughput: number
  /** Requests sent in [warmup, horizon) that have an outcome, and those of them that ended otherwise than ok. */
  readonly measured: { readonly ended: number; readonly errors: number }
  /** Sent in the measured window and without an outcome at the end. */
  readonly censored: number
  readonly latency: LatencySummary
  /** The latency distribution: rising pairs of quantile and seconds, ever denser towards 1. */
  readonly distribution: readonly (readonly [number, number])[]
  /** By phase name, in falling order of mean; they sum to the mean latency. */
  readonly phases: Readonly<Record<string, PhaseShare>>
  /** The same by `phase component`. */
  readonly breakdown: readonly BreakdownEntry[]
  /** The slowest 5 % and 1 %, and the fastest half to compare them with; empty where nothing was measured. */
  readonly parts: readonly LatencyPart[]
  readonly components: Readonly<Record<string, ComponentResult>>
  readonly topology: Topology
  readonly series: Series
  readonly events: readonly EventMarker[]
  readonly slo: readonly SloResult[]
  readonly warnings: readonly Warning[]
}
