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

export type ClassResult = {
  readonly created: number
  readonly inFlight: number
  readonly outcomes: OutcomeCounts
  readonly latency: LatencySummary
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

export type ComponentResult =
  | {
      readonly kind: 'workload'
      readonly created: number
      /** Requests per second sent in [warmup, horizon). */
      readonly rate: number
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
      }
      /** Mean wait per leg that came, seconds. */
      readonly wait: { readonly cpu: number; readonly memory: number; readonly workers: number }
      readonly load: GaugeSummary
      readonly io: GaugeSummary
      readonly memory: { readonly mean: number; readonly peak: number }
      /** Legs per second that came to the service in the measured window. */
      readonly arrivalRate: number
      readonly arrivals: number
      /** Mean seconds from arrival at the service to its answer. */
      readonly residence: number
      readonly ready: GaugeSummary
      /** Replica-hours paid x cost of one. */
      readonly cost: number
      readonly replicas: readonly ReplicaResult[]
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

export type Result = {
  readonly schema: 1
  /** Of this package. */
  readonly version: string
  readonly scenario: { readonly name: string; readonly hash: string }
  readonly seed: number | string
  readonly horizon: number
  readonly warmup: number
  readonly requests: {
    readonly created: number
    readonly inFlight: number
    readonly outcomes: OutcomeCounts
    readonly byClass: Readonly<Record<string, ClassResult>>
  }
  /** `ok` completions per second in [warmup, horizon). */
  readonly throughput: number
  /** Sent in the measured window and without an outcome at the end. */
  readonly censored: number
  readonly latency: LatencySummary
  /** By phase name, in falling order of mean; they sum to the mean latency. */
  readonly phases: Readonly<Record<string, PhaseShare>>
  /** The same by `phase component`. */
  readonly breakdown: readonly {
    readonly phase: string
    readonly component: string
    readonly mean: number
    readonly share: number
  }[]
  readonly components: Readonly<Record<string, ComponentResult>>
  readonly series: Series
  readonly events: readonly EventMarker[]
  readonly slo: readonly SloResult[]
  readonly warnings: readonly Warning[]
}
