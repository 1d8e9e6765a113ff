/**
 * The scenario after loading: every quantity a number in SI units (seconds, bytes, per second),
 * every default filled in, every reference checked. The engine reads nothing else.
 * What a user may write is defined by `schema.ts`; `load.ts` turns that into this.
 */

import type { Outcome } from '../results/types.ts'
import type { Cancel, Overload } from './overload-types.ts'

/** A distribution by its natural description; `mean` and `cv` are those of the value itself. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** Normal conditioned on being at least 0; `mean` and `cv` hold after truncation (cv < 1). */
  | { readonly kind: 'normal'; readonly mean: number; readonly cv: number }
  /** max(0, Normal(mu, sigma)): what AsyncFlow draws under the name "normal". */
  | { readonly kind: 'clippedNormal'; readonly mu: number; readonly sigma: number }
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'gamma'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'erlang'; readonly k: number; readonly mean: number }
  | { readonly kind: 'weibull'; readonly mean: number; readonly cv: number }
  /** Pareto with the given mean and tail index `shape` > 1. */
  | { readonly kind: 'pareto'; readonly mean: number; readonly shape: number }
  /** Two exponential branches with balanced means; cv >= 1. */
  | { readonly kind: 'hyperexponential'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'poisson'; readonly mean: number }
  /** `values`: drawn uniformly. `quantiles`: inverse CDF, [probability, value] pairs interpolated linearly. */
  | { readonly kind: 'empirical'; readonly values: readonly number[] }
  | { readonly kind: 'empiricalQuantiles'; readonly quantiles: readonly (readonly [number, number])[] }

export type Arrivals =
  | { readonly kind: 'poisson'; readonly rate: number }
  | { readonly kind: 'deterministic'; readonly rate: number }
  | { readonly kind: 'gamma'; readonly rate: number; readonly cv: number }
  /** Every `window` seconds the number of users is drawn; arrivals are Poisson of rate users x perMinute / 60. */
  | {
      readonly kind: 'users'
      readonly users: Distribution
      readonly perMinute: number
      readonly window: number
    }
  /** Poisson of the rate of the state; the chain leaves state i for j at rate `switching[i][j]`, and begins in equilibrium. */
  | {
      readonly kind: 'mmpp'
      readonly rates: readonly number[]
      readonly switching: readonly (readonly number[])[]
    }
  /** Users arrive as Poisson of `rate`; each sends `requests` (at least 1), thinking after every answer, and leaves. */
  | {
      readonly kind: 'sessions'
      readonly rate: number
      readonly requests: Distribution
      readonly think: Distribution
    }
  /** n users, each waits for its answer and then thinks. */
  | { readonly kind: 'closed'; readonly users: number; readonly think: Distribution }
  /** Send times in seconds, non-decreasing; `classes[i]` is the class name of arrival i where given. */
  | {
      readonly kind: 'trace'
      readonly times: readonly number[]
      readonly classes?: readonly string[] | undefined
      /** Seconds that each request took when it was recorded. */
      readonly durations?: readonly number[] | undefined
    }
  /** So many requests in every `interval` seconds, at uniform instants of it; none after the last. */
  | { readonly kind: 'counts'; readonly counts: readonly number[]; readonly interval: number }

/** Multiplies the rate. */
export type SimpleProfile =
  /** 1 + amplitude sin(2 pi (t / period) + phase). */
  | {
      readonly kind: 'diurnal'
      readonly amplitude: number
      readonly period: number
      readonly phase: number
    }
  /** Straight pieces between points; repeated every `period` seconds, or the last value stays (Infinity). */
  | { readonly kind: 'pieces'; readonly points: readonly RatePoint[]; readonly period: number }

/** Several profiles, of one kind each, that multiply each other. */
export type ProductProfile = { readonly kind: 'product'; readonly factors: readonly SimpleProfile[] }

export type Profile = SimpleProfile | ProductProfile

/** A factor on both sides of an instant: where the two differ it jumps. */
export type RatePoint = { readonly at: number; readonly before: number; readonly after: number }

/**
 * Delay before attempt k + 1 (k = 1, 2, ...): jittered min(max, base x factor^(k-1)); decorrelated: uniform from base to
 * three times the delay before (at first the base), at most max.
 */
export type Backoff = {
  readonly base: number
  readonly factor: number
  readonly max: number
  readonly jitter: 'none' | 'full' | 'equal' | 'decorrelated'
}

/** Limits the retries of each caller instance of a calling site. */
export type RetryBudget =
  /** A first attempt earns `percent` of a retry, forgotten after `window` seconds; `reserve` retries per second are free. */
  | { readonly kind: 'tokens'; readonly percent: number; readonly window: number; readonly reserve: number }
  /** gRPC: a failure costs one of `maxTokens`, a success gives `tokenRatio`; retries while more than half are there. */
  | { readonly kind: 'throttle'; readonly maxTokens: number; readonly tokenRatio: number }
  /** Envoy: retries under way at a time, `share` of the attempts in flight and at least `min`. */
  | { readonly kind: 'active'; readonly share: number; readonly min: number }

export type Retry = {
  /** All attempts, the first included. */
  readonly attempts: number
  readonly backoff: Backoff
  /** Outcomes that are retried; absent: all but `deadline` and `circuit-open`. */
  readonly on?: readonly Outcome[] | undefined
  readonly budget?: RetryBudget | undefined
}

/** Sends up to `max` copies of an attempt that has no answer yet; the first success counts. */
export type Hedge = {
  /** Before the first copy, and between copies: a delay, or a quantile of the site's recent latencies. */
  readonly after: Distribution | { readonly kind: 'quantile'; readonly q: number }
  readonly max: number
  /** Copies per first attempt, at most. */
  readonly maxExtra?: number | undefined
}

export type CircuitBreaker =
  /** resilience4j; the window is one of calls or of whole seconds. */
  | {
      readonly kind: 'rate'
      readonly failureRate: number
      readonly slowCallRate: number
      /** Seconds above which a call is slow. */
      readonly slowCall: number
      readonly window: { readonly calls?: number | undefined; readonly seconds?: number | undefined }
      readonly minimumCalls: number
      readonly open: number
      readonly halfOpen: number
    }
  | {
      readonly kind: 'hystrix'
      readonly errorRate: number
      readonly requests: number
      readonly window: number
      readonly sleep: number
      readonly interval: number
    }
  | {
      readonly kind: 'consecutive'
      readonly failures: number
      readonly open: number
      readonly maxOpen: number
    }

/** What every calling site (a workload, a `call`, a `query`) may say of its calls. */
export type CallPolicy = {
  /** Of one attempt, from its send; absent: none. */
  readonly timeout?: Distribution | undefined
  readonly retry?: Retry | undefined
  readonly hedge?: Hedge | undefined
  readonly circuitBreaker?: CircuitBreaker | undefined
}

/** What a request is about. Key k = 0, 1, ... of `zipf` has a probability proportional to (k + 1)^-s. */
export type Key =
  | { readonly kind: 'zipf'; readonly n: number; readonly s: number }
  | { readonly kind: 'uniform'; readonly n: number }
  | { readonly kind: 'fixed'; readonly value: string | number }
  /** Request i of a workload asks for value i, after the last again for the first. `file`: before it is read. */
  | {
      readonly kind: 'trace'
      readonly values: readonly (string | number)[]
      readonly file?: string | undefined
    }

export type WorkloadClass = {
  readonly name: string
  readonly weight: number
  /** Endpoint name at the first service; absent: the service chooses uniformly among its endpoints. */
  readonly endpoint?: string | undefined
  readonly priority: number
  /** Seconds from the intended send, over all attempts. */
  readonly deadline?: number | undefined
  readonly key?: Key | undefined
}

export type Workload = CallPolicy & {
  readonly name: string
  readonly to: string
  readonly arrivals: Arrivals
  readonly profile?: Profile | undefined
  /** Calls made for a request end at its class's deadline, and none begins after it. */
  readonly propagateDeadline?: boolean | undefined
  /** At least one; a workload without classes has one named `default`. */
  readonly classes: readonly WorkloadClass[]
}

/** A node that passes every leg on without service time, and its answer back. */
export type Relay = { readonly name: string; readonly to: string }

export type Link = {
  /** Set for imported links that AsyncFlow names; else `from->to`. */
  readonly name: string
  readonly from: string
  readonly to: string
  readonly latency: Distribution
  readonly loss: number
  /** False (default): answers travel the link too, each direction with its own draw. */
  readonly oneWay: boolean
}

/** A policy by name with its parameters, as written: `jsq` or `{ jsq: { ties: fastest } }`. */
export type PolicySpec = { readonly name: string; readonly params: Readonly<Record<string, unknown>> }

/** Weights of slots that come into rotation grow over `window` seconds: see `model/balancing/slow-start.ts`. */
export type SlowStart = { readonly window: number; readonly aggression: number; readonly minWeight: number }

/** Envoy's outlier detection; times in seconds, shares from 0 to 1. */
export type OutlierDetection = {
  /** 0: not used. */
  readonly consecutiveFailures: number
  readonly interval: number
  readonly baseEjection: number
  readonly maxEjection: number
  readonly maxEjectionPercent: number
  readonly successRate: { readonly stdev: number; readonly hosts: number; readonly requests: number }
}

/** Of a balancer, or of each replica of a service. */
export type Sockets = {
  /** Infinity: unlimited. */
  readonly max: number
  readonly backlog: number
  /** Bytes at this end. */
  readonly memoryPerConnection: number
  readonly onFull: 'drop' | 'refuse'
  /** Seconds that an idle connection is kept; 0: it closes after the answer. */
  readonly keepAlive: number
  /** Per callee. */
  readonly ephemeralPorts: number
  /** Seconds. */
  readonly timeWait: number
}

/** nginx: a host is taken out after so many failures within so many seconds, and for that long. */
export type PassiveChecks = { readonly maxFails: number; readonly failTimeout: number }

export type Balancer = {
  readonly name: string
  readonly policy: PolicySpec
  /** Services, in order; every replica of each is a backend. */
  readonly targets: readonly string[]
  /** Weight of each target's replicas, in the order of `targets`; default 1. */
  readonly weights: readonly number[]
  /** Seconds that a request without backend waits before it ends `unavailable`. */
  readonly noBackend: number
  /** `direct`: the answer does not pass through the balancer, which forgets the leg once it is sent on. */
  readonly response: 'proxy' | 'direct'
  readonly overload?: Overload | undefined
  readonly slowStart?: SlowStart | undefined
  readonly outlierDetection?: OutlierDetection | undefined
  readonly passiveChecks?: PassiveChecks | undefined
  /** Share of the hosts below which all of them get traffic; absent: half with outlier detection, else never. */
  readonly panicThreshold?: number | undefined
  /** Seconds between the reports that replicas make of their queues; absent: none. */
  readonly reports?: { readonly interval: number } | undefined
  readonly sockets?: Sockets | undefined
  /** Bytes for connections; absent: unlimited. */
  readonly memory?: number | undefined
}

export type Step =
  /** `recorded`: for requests of the workload of that name the demand is what its trace recorded. */
  | { readonly kind: 'cpu'; readonly demand: Distribution; readonly recorded?: string | undefined }
  | { readonly kind: 'io'; readonly duration: Distribution }
  | { readonly kind: 'memory'; readonly bytes: number }
  | ({
      readonly kind: 'call'
      readonly to: string
      readonly endpoint?: string | undefined
      readonly key?: Key | undefined
    } & CallPolicy)
  /** Of the latency, or of the type of that name at the database. */
  | ({
      readonly kind: 'query'
      readonly to: string
      readonly latency?: Distribution | undefined
      readonly type?: string | undefined
      readonly key?: Key | undefined
    } & CallPolicy)
  | { readonly kind: 'forward'; readonly to: string; readonly endpoint?: string | undefined }
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly Step[])[] }
  | {
      readonly kind: 'choose'
      readonly options: readonly { readonly weight: number; readonly steps: readonly Step[] }[]
    }
  | { readonly kind: 'repeat'; readonly times: number; readonly steps: readonly Step[] }
  /** Holds a connection of the database `to` from its begin to its end, on which its queries run. */
  | { readonly kind: 'transaction'; readonly to: string; readonly steps: readonly Step[] }

/** Connections in front of a server. What it says of calls is the default of the queries to it. */
export type Database = CallPolicy & {
  readonly name: string
  /** Of the pool, or of each replica's. */
  readonly connections: number
  /** Absent: shared by all callers. */
  readonly pool?: 'shared' | 'per-replica' | undefined
  /** Of all replicas together; absent: no limit. */
  readonly maxConnections?: number | undefined
  /** Seconds after which a query that waits for a connection ends `pool-timeout`. */
  readonly acquireTimeout: Distribution
  /** Queries that run at a time; Infinity: no such limit. */
  readonly parallelism: number
  /** Of n queries that run each has 1 / (1 + sigma (n - 1) + kappa n (n - 1)) of its speed alone; absent: all of it. */
  readonly usl?: { readonly sigma: number; readonly kappa: number } | undefined
  /** Whether queries of one key run one after the other. */
  readonly rowLocks?: boolean | undefined
  readonly queries: readonly { readonly type: string; readonly latency: Distribution }[]
}

/**
 * Holds the values of keys; what it does not have it gets by the steps of `miss`, and keeps. What it says of calls is the
 * default of those who call it.
 */
export type Cache = CallPolicy & {
  readonly name: string
  /** Entries; Infinity: no limit. */
  readonly capacity: number
  readonly eviction: 'lru' | 'fifo' | 'random' | 'lfu' | 'sieve'
  /** Seconds that a value lives; Infinity: for ever. */
  readonly ttl: number
  /** Whether its life begins anew with each hit. */
  readonly ttlReset: boolean
  /** Seconds that a hit takes. */
  readonly hit: Distribution
  readonly miss: readonly Step[]
  /** Beta of XFetch: how early values are fetched anew; absent: when their time is over. */
  readonly earlyRecompute?: number | undefined
  /** Whether one miss of a key fetches the value for all that ask for it meanwhile. */
  readonly coalesce: boolean
  /** Share of the requests that are hits, drawn, in place of entries and keys. */
  readonly hitRatio?: number | undefined
  /** What calls without a key of their own ask for. */
  readonly key?: Key | undefined
  /** Whether the most popular keys are there at the start. */
  readonly warm: boolean
}

export type Endpoint = { readonly name: string; readonly steps: readonly Step[] }

export type ReplicaGroup = { readonly count: number; readonly speed: number }

export type Autoscaler = {
  readonly policy: PolicySpec
  readonly min: number
  readonly max: number
  readonly interval: number
  /** Seconds from the request for a replica until it is ready. */
  readonly startup: Distribution
  /** Seconds by which the metrics that the policy sees are late. */
  readonly metricDelay: number
  /** Seconds after which what is left at a draining replica is cut off; absent: never. */
  readonly drainTimeout?: number | undefined
}

/** Kubernetes: times in seconds, thresholds in probes in a row. */
export type Readiness = {
  readonly initialDelay: number
  readonly period: number
  readonly failureThreshold: number
  readonly successThreshold: number
}

/** Speed grows from the share `speed` to 1 over `duration` seconds. */
export type ColdStart = { readonly duration: number; readonly speed: number }

/** What a service says of calls is the default of those who call it. */
export type Service = CallPolicy & {
  readonly name: string
  /** Slots are numbered from 0 through the groups in order. */
  readonly groups: readonly ReplicaGroup[]
  readonly cores: number
  readonly discipline: 'fifo' | 'ps'
  /** Bytes per replica; Infinity: unlimited. */
  readonly memory: number
  /** Threads held from admission to answer; Infinity: no such limit. */
  readonly workers: number
  readonly sockets?: Sockets | undefined
  readonly endpoints: readonly Endpoint[]
  readonly overload?: Overload | undefined
  /** Absent: never. */
  readonly cancel?: Cancel | undefined
  readonly autoscaler?: Autoscaler | undefined
  /** Absent: what happens to a replica is known at once. */
  readonly readiness?: Readiness | undefined
  /** Absent: a replica has its full speed at once. */
  readonly coldStart?: ColdStart | undefined
  /** Cost of one replica-hour. */
  readonly cost: number
}

export type Spells = { readonly for: Distribution; readonly gap: Distribution }

/** `until` is exclusive; Infinity where the event lasts to the end. */
export type ScenarioEvent =
  /** Every entry of `cache` is gone at `at`, which is `until` too. */
  | { readonly kind: 'flush'; readonly cache: string; readonly at: number; readonly until: number }
  /** Queries of `database` end `failed` with probability `rate`. */
  | {
      readonly kind: 'fail'
      readonly database: string
      readonly rate: number
      readonly at: number
      readonly until: number
    }
  /** `service` may name a database. Slot `slot` of `service`, or all of its slots; a drain with `balancer` takes them out of its rotation alone. */
  | {
      readonly kind: 'outage'
      readonly service: string
      readonly slot?: number | undefined
      readonly mode: 'drain' | 'crash'
      readonly balancer?: string | undefined
      readonly at: number
      readonly until: number
    }
  | {
      readonly kind: 'latency'
      readonly link: string
      readonly add: number
      readonly at: number
      readonly until: number
    }
  | {
      readonly kind: 'loss'
      readonly link: string
      readonly add: number
      readonly at: number
      readonly until: number
    }
  | {
      readonly kind: 'surge'
      readonly workload: string
      readonly factor: number
      readonly at: number
      readonly until: number
      readonly spells?: Spells | undefined
      /** Before each surge the rate rises to `factor` within `lead` seconds; a share of such rises is not followed by one. */
      readonly precursor?:
        | { readonly factor: number; readonly lead: Distribution; readonly falseAlarms: number }
        | undefined
    }
  /** So many replicas of the service are lost, or all but this share of those that are available at `at`. */
  | {
      readonly kind: 'capacity'
      readonly service: string
      readonly loss: { readonly replicas: number } | { readonly factor: number }
      readonly mode: 'drain' | 'crash'
      readonly at: number
      readonly until: number
    }
  /** Speed is divided by `factor`; in spells, each replica on its own stream, `at` = 0 and `until` = Infinity unless given. */
  | {
      readonly kind: 'slow'
      readonly service: string
      readonly slot?: number | undefined
      readonly factor: number
      readonly at: number
      readonly until: number
      readonly spells?: Spells | undefined
    }

export type Slo =
  | { readonly kind: 'latency'; readonly quantile: number; readonly below: number; readonly text: string }
  | { readonly kind: 'mean'; readonly below: number; readonly text: string }
  | { readonly kind: 'errors'; readonly below: number; readonly text: string }
  /** Requests that end ok per second of the measured window. */
  | { readonly kind: 'throughput'; readonly above: number; readonly text: string }

export type Scenario = {
  readonly name: string
  readonly description: string
  readonly horizon: number
  readonly warmup: number
  readonly seed: number | string
  readonly slo: readonly Slo[]
  readonly samplePeriod: number
  readonly workloads: readonly Workload[]
  readonly relays: readonly Relay[]
  readonly links: readonly Link[]
  readonly balancers: readonly Balancer[]
  readonly services: readonly Service[]
  /** Absent where there are none. */
  readonly databases?: readonly Database[] | undefined
  readonly caches?: readonly Cache[] | undefined
  readonly events: readonly ScenarioEvent[]
}
