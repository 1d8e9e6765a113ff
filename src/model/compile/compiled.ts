/** The scenario as the engine runs it: integer ids everywhere, names only for results and errors. */
import type { Cancel, Overload } from '../../scenario/overload-types.ts'
import type {
  Backoff,
  Balancer,
  CircuitBreaker,
  ColdStart,
  Distribution,
  Readiness,
  RetryBudget,
  Scenario,
  Sockets,
} from '../../scenario/types.ts'
import type { StoreOptions } from '../caches/store.ts'
import type { KeyTable } from './key-table.ts'
import type { Program } from './program.ts'

export type Phase =
  | 'network'
  | 'connect'
  | 'socket-wait'
  | 'admission-wait'
  | 'unroutable'
  | 'worker-wait'
  | 'memory-wait'
  | 'cpu-wait'
  | 'cpu'
  | 'io'
  | 'pool-wait'
  | 'query-wait'
  | 'query'
  | 'cache'
  | 'backoff'
  | 'failed-attempt'

/** A cell of the phase vector: time of one phase at one component. */
export type Cell = { readonly phase: Phase; readonly component: string }

export const NODE_WORKLOAD = 0
export const NODE_RELAY = 1
export const NODE_BALANCER = 2
export const NODE_SERVICE = 3
export const NODE_DATABASE = 4
export const NODE_CACHE = 5

/** `index` counts within the kind, in the scenario's order. */
export type NodeSpec = { readonly kind: number; readonly index: number; readonly name: string }

/** A place where draws are made for requests. */
export type SiteSpec = { readonly name: string; readonly distribution?: Distribution }

/** A key as a scenario writes it; equal ones at different places share a table, not their draws. */
export type KeySpec = { readonly site: number; readonly table: KeyTable }

/** One direction of a link. */
export type ChannelSpec = {
  readonly link: number
  readonly latencySite: number
  /** The latency where it is constant, else NaN. */
  readonly constant: number
  readonly loss: number
  readonly lossSite: number
  readonly cell: number
}

/** Where a leg goes next. */
export type Hop = { readonly node: number; readonly channel: number }

export type HedgeSpec = {
  readonly site: number
  /** The delay where it is constant, else NaN. */
  readonly constant: number
  /** Of recent latencies, instead of a delay; NaN. */
  readonly quantile: number
  readonly max: number
  /** NaN: no limit. */
  readonly maxExtra: number
}

/** A calling site: workload w is call w, then every `call` step. */
export type CallSpec = {
  readonly name: string
  readonly caller: number
  readonly hop: Hop
  /** Interned endpoint name; -1: the service chooses. Workloads take it from the class. */
  readonly endpoint: number
  readonly timeoutSite: number
  readonly timeoutConstant: number
  readonly attempts: number
  readonly backoff: Backoff
  /** Bit i: outcome i is retried. */
  readonly retryMask: number
  readonly budget: RetryBudget | undefined
  readonly hedge: HedgeSpec | undefined
  readonly breaker: CircuitBreaker | undefined
  /** Sites of the same key share one state per caller instance. */
  readonly keys: { readonly retry: string; readonly hedge: string; readonly circuitBreaker: string }
  /** Caller instances: 1 for a workload or a cache; and the global replica of the first one, -1 where there is none. */
  readonly instances: number
  readonly firstInstance: number
  /** Whether a budget, a hedge or a breaker has to be asked. */
  readonly guarded: boolean
  readonly jitterSite: number
  readonly backoffCell: number
  readonly failedCell: number
  /** Of a query, its latency at the server; -1 of other calls. */
  readonly latencySite: number
  /** Of a query within a transaction: which of those that its caller has open, from 0; -1. */
  readonly transaction: number
  /** Index into the keys; -1: the call has none of its own. */
  readonly key: number
  /** Separates the draws of this call's legs from those of other calls of the same request. */
  readonly salt: number
}

export type DatabaseSpec = {
  readonly name: string
  readonly node: number
  /** Of the pool, or of each replica's. */
  readonly connections: number
  readonly perReplica: boolean
  /** Of all pools together; Infinity. */
  readonly maxConnections: number
  readonly parallelism: number
  readonly usl: { readonly sigma: number; readonly kappa: number } | undefined
  readonly rowLocks: boolean
  readonly acquireSite: number
  /** The acquire timeout where it is constant, else NaN. */
  readonly acquireConstant: number
  readonly failSite: number
  readonly cells: { readonly pool: number; readonly wait: number; readonly query: number }
}

export type CacheSpec = {
  readonly name: string
  readonly node: number
  readonly store: StoreOptions
  /** Keys that are there at the start, the most popular ones last. */
  readonly warm: readonly number[]
  /** Where the hits are drawn instead of found; the site is -1 elsewhere. */
  readonly hitRatio: number
  readonly ratioSite: number
  readonly hitSite: number
  /** The latency of a hit where it is constant, else NaN. */
  readonly hitConstant: number
  readonly coalesce: boolean
  /** Where early recomputation is drawn; -1: there is none. */
  readonly earlySite: number
  /** Where the steps of a miss begin in the program. */
  readonly entry: number
  readonly cells: { readonly cache: number; readonly io: number }
}

export type ForwardSpec = { readonly from: string; readonly hop: Hop; readonly endpoint: number }

export type ClassSpec = {
  readonly name: string
  readonly workload: number
  readonly endpoint: number
  readonly priority: number
  readonly deadline: number
  /** Index into the keys; -1: none. */
  readonly key: number
  /** Whether the calls that are made for its requests end at the deadline too. */
  readonly propagates: boolean
}

export type RelaySpec = { readonly node: number; readonly hop: Hop }

export type BalancerSpec = {
  readonly name: string
  readonly node: number
  /** Implicit ones stand before a service that is addressed directly and has several slots, or one that can be out. */
  readonly implicit: boolean
  readonly proxy: boolean
  readonly noBackend: number
  readonly policy: { readonly name: string; readonly params: Readonly<Record<string, unknown>> }
  /** Global replica of each slot. */
  readonly replicas: Int32Array
  readonly weights: Float64Array
  readonly channels: Int32Array
  readonly unroutableCell: number
  /** Undefined where nothing is limited. */
  readonly overload: Overload | undefined
  readonly admissionCell: number
  /** Interned class indices that can reach it from a workload, through relays only. */
  readonly classes: readonly number[]
  /** Mean demand of a class's request here, by class; NaN where none. */
  readonly classDemand: Float64Array
} & Pick<Balancer, 'slowStart' | 'outlierDetection' | 'passiveChecks' | 'panicThreshold' | 'reports'>

export type ServiceSpec = {
  readonly name: string
  readonly node: number
  readonly firstReplica: number
  /** Number of slots. */
  readonly slots: number
  readonly initialReady: number
  readonly cores: number
  readonly discipline: 'fifo' | 'ps'
  readonly memory: number
  readonly workers: number
  readonly endpoints: readonly {
    readonly name: string
    readonly entry: number
    readonly memory: number
    readonly demand: number
  }[]
  readonly endpointSite: number
  readonly cells: {
    readonly worker: number
    readonly memory: number
    readonly cpuWait: number
    readonly cpu: number
    readonly io: number
    readonly admission: number
  }
  /** Undefined where nothing is limited or ordered. */
  readonly overload: Overload | undefined
  readonly cancel: Cancel
  /** Whether the feature can matter in this scenario; what cannot is not measured. */
  readonly uses: {
    readonly cpu: boolean
    readonly io: boolean
    readonly memory: boolean
    readonly workers: boolean
    readonly speedChanges: boolean
  }
  readonly speeds: Float64Array
  readonly autoscaled: boolean
  readonly readiness: Readiness | undefined
  readonly coldStart: ColdStart | undefined
  readonly startupSite: number
}

/** A node that connections are made to. */
export type SocketSpec = {
  /** Absent where the node declares none. */
  readonly own: Sockets | undefined
  /** Bytes of one instance. */
  readonly memory: number
  /** Of the endpoint that reserves most. */
  readonly reservation: number
  readonly connectCell: number
  readonly waitCell: number
}

export type Compiled = {
  readonly scenario: Scenario
  readonly nodes: readonly NodeSpec[]
  readonly sites: readonly SiteSpec[]
  readonly cells: readonly Cell[]
  readonly channels: readonly ChannelSpec[]
  readonly calls: readonly CallSpec[]
  readonly forwards: readonly ForwardSpec[]
  readonly keys: readonly KeySpec[]
  readonly classes: readonly ClassSpec[]
  readonly classSites: readonly number[]
  /** Of the numbers of requests of sessions; -1 where there are none. */
  readonly sessionSites: readonly number[]
  readonly thinkSites: readonly number[]
  readonly relays: readonly RelaySpec[]
  readonly balancers: readonly BalancerSpec[]
  readonly services: readonly ServiceSpec[]
  readonly databases: readonly DatabaseSpec[]
  readonly caches: readonly CacheSpec[]
  readonly program: Program
  readonly replicaCount: number
  /** By workload, what its trace recorded of each request. */
  readonly recordedDurations: readonly (Float64Array | undefined)[]
  /** Transactions that a row can have open, one within the other; 0: there are none. */
  readonly transactionDepth: number
  /** Channel from node x to node y at [x * nodes + y], -1 for a perfect hop. */
  readonly between: Int32Array
  /** The same for links that end at one slot: `${service node}/${slot}>${node}`. */
  readonly slotReply: ReadonlyMap<string, number>
  /** Most proxying nodes on any leg's way. */
  readonly frames: number
  readonly endpointNames: readonly string[]
  /** Endpoint index of service s for interned name e at [s * names + e], -1 where it has none. */
  readonly endpointOf: Int32Array
  /** By node (workloads have no entry); absent where nothing declares sockets. */
  readonly sockets: readonly (SocketSpec | undefined)[] | undefined
}
