/**
 * The interfaces of policies. A policy is `create(params)` giving an object with plain-data state;
 * it decides from a view and from nothing else. The simulator and an environment hand it the very
 * same view, so that a policy gives the same bytes in both places.
 */
import type { Stream } from '../random/stream.ts'
import type { MinIndex } from './min-index.ts'

/**
 * What an agent or a policy may see, in rising order: its own traffic; delayed reports of the
 * replicas; exact queues; hidden truths (sizes, future rates, true speeds). `weights` stands apart: it sees and acts once
 * per interval.
 */
export type InformationClass = 'weights' | 'own' | 'reported' | 'global' | 'oracle'

/** The key that a minimum index orders slots by. One constant object per policy: identity names the index. */
export type IndexKey = {
  /** Recomputed for slot i whenever one of these changes there. */
  readonly dependsOn: 'inFlight' | 'load'
  of(view: BalancerView, slot: number): number
}

/** What a balancer sees at a decision. Arrays have one entry per slot; slots never change in number. */
export interface BalancerView {
  /** Number of slots. */
  readonly n: number
  /** Seconds since the start of the run. */
  readonly time: number
  /** 1 where ready and in rotation. */
  readonly available: Uint8Array
  readonly availableCount: number
  readonly weight: Float64Array
  /** Declared speed of a core of the slot; 1 is nominal. */
  readonly speed: Float64Array
  /** Declared cores of the slot. */
  readonly cores: Float64Array
  /** This balancer's unanswered legs. Class `own`. */
  readonly inFlight: Int32Array
  /** Mean nominal demands of this balancer's legs in flight, seconds of one core at speed 1. Class `own`. */
  readonly work: Float64Array
  /** Response time EWMA of time constant 10 s as of the last answer, seconds; 0 before the first. Class `own`. */
  readonly latency: Float64Array
  /** This balancer's messages on the wire to the slot. Class `own`. */
  readonly inTransit: Int32Array
  /** True number of legs at the replica, from every sender. Class `global`. */
  readonly load: Int32Array
  /** Slots in the order in which they came into rotation: the AsyncFlow policies walk it. */
  readonly rotation: readonly number[]
  /** Grows with every time that the slot comes into rotation: another number than before says that it was out. */
  readonly joined: Float64Array
  /** Class of the request to route (index into the scenario's classes), and its mean nominal demand in seconds. */
  readonly requestClass: number
  readonly demand: number
  /** The policy's own random stream. */
  readonly draws: Stream
  /** The request's key, an integer of at least 0; -1 where it has none. Valid at a decision. */
  readonly key: number
  /** Changes whenever a weight does (slow start): what was computed from weights is then computed anew. */
  readonly weightVersion: number
  /**
   * The last report of each slot (balancer option `reports`): legs at the replica then, when that was in seconds
   * (-Infinity: there was none), and what this balancer has sent there since. Class `reported`.
   */
  readonly reportedLoad: Int32Array
  readonly reportedAt: Float64Array
  readonly sentSince: Int32Array
  /** What was answered to the probes that were sent for the request to route, in that order; of a policy with `sync`. */
  readonly answers: ProbeAnswers
  /** An index of the smallest key over available slots, as of this call: ask anew at each decision. */
  minIndex(key: IndexKey): MinIndex
  /** Takes the available slot that said the longest ago that it was idle out of the idle queue; -1: nobody is there. */
  takeIdle(): number
  /** Sends a probe to the slot; the policy hears of its answer by `probed`, unless that is lost. */
  probe(slot: number): void
  /** From now on this policy hears what comes back. A policy with `uses` calls for it before its first decision. */
  attach(policy: BalancingPolicy): void
}

/** What a policy needs beyond the view: reported queues with every answer, answers to probes, idle queues. */
export type PolicyNeed = 'answers' | 'feedback' | 'probes' | 'idle'

/** Answers to probes: of which slot, requests there, and the replica's estimate of their latency in seconds. */
export type ProbeAnswers = {
  readonly slots: readonly number[]
  readonly loads: readonly number[]
  readonly latencies: readonly number[]
}

/** What an answer tells that passes the balancer. */
export type Answer = {
  /** Seconds from the decision to the answer. */
  readonly response: number
  readonly ok: boolean
  /** Legs at the replica once this one had left; -1 where it was not served. With `feedback` only. */
  readonly queue: number
  /** Seconds that the replica spent on the leg without its waits. With `feedback` only. */
  readonly service: number
}

export interface BalancingPolicy {
  readonly uses?: readonly PolicyNeed[]
  /**
   * Each decision waits until `answers` of `probes` probes of distinct available slots have been answered, or for
   * `timeout` seconds. Only where the balancer's own policy says so, since the wait is measured there.
   */
  readonly sync?: { readonly probes: number; readonly answers: number; readonly timeout: number } | undefined
  /** A slot with `available[slot] === 1`; called only when there is one. */
  decide(view: BalancerView, draws: Stream): number
  /** An answer passes the balancer. `answer` is used again for the next one. */
  answered?(view: BalancerView, slot: number, answer: Answer): void
  /** A probe is answered: requests at the replica, and its estimate of their latency in seconds. */
  probed?(view: BalancerView, slot: number, load: number, latency: number): void
  /** Plain data; `load` of it continues exactly. */
  save(): unknown
  load(state: unknown): void
}

/** What a scaler sees at the end of an interval. Interval values are `metricDelay` old. */
export interface ScalingView {
  readonly time: number
  /** Replicas now. */
  readonly ready: number
  readonly starting: number
  readonly draining: number
  /** Requested number, ready + starting. */
  readonly target: number
  readonly min: number
  readonly max: number
  readonly interval: number
  /** Seconds; the mean of the startup time. */
  readonly startup: number
  /** CPU utilisation of the ready replicas, time average over the interval, 0..1. */
  readonly utilization: number
  /** Offered load in replicas (arriving nominal demand per second / capacity of a replica): last interval, the one before, two before, and an EWMA of 5 min. */
  readonly offered: readonly [number, number, number, number]
  /** Arrivals per second over the interval. */
  readonly arrivalRate: number
  /** Waiting for a core per ready core, and requests in the service, at the decision. */
  readonly waitingPerCore: number
  readonly inFlight: number
  /** Average requests in the service over the interval. */
  readonly meanInFlight: number
  /** Fractions of the requests decided in the interval. */
  readonly lateFraction: number
  readonly failedFraction: number
  /** 95th percentile of latency over the interval, seconds; 0 if there is none. */
  readonly p95: number
  /** Seconds since the last change of target, and the age of the metrics. */
  readonly sinceChange: number
  readonly metricAge: number
  /** Ready replicas younger than so many seconds whose metrics do not cover the whole interval that was measured last. */
  readyWithin(seconds: number): number
  /** Offered load in replicas at a time as the scenario declares it, surges that are on now included. Class `oracle`. */
  declaredLoad(time: number): number
  readonly draws: Stream
}

export interface ScalingPolicy {
  /** The number of replicas wanted; the scaler rounds and clamps it to [min, max]. */
  decide(view: ScalingView, draws: Stream): number
  save(): unknown
  load(state: unknown): void
}

/**
 * What somebody sees who sets the weights of a balancer (or of several with the same replicas, as if they were one) at the
 * end of an interval. Arrays have one entry per slot.
 */
export interface WeightsView {
  readonly time: number
  /** Of the interval, seconds. */
  readonly interval: number
  readonly n: number
  /** 1 where ready and in rotation now. */
  readonly available: ArrayLike<number>
  /** Declared. */
  readonly speed: ArrayLike<number>
  readonly cores: ArrayLike<number>
  /** In force during the interval, summing to 1 over the slots that were available at its start. */
  readonly weights: ArrayLike<number>
  /** Requests in flight, time average over the interval. */
  readonly inFlight: ArrayLike<number>
  /** Answers that came back in the interval, the mean of their response times in seconds (0: none), failed ones. */
  readonly answers: ArrayLike<number>
  readonly latency: ArrayLike<number>
  readonly failed: ArrayLike<number>
  /** Requests per second: in the interval, and as the scenario declares them (NaN where that depends on answers). */
  readonly arrivalRate: number
  readonly declaredRate: number
  /** Mean nominal demand of a request, seconds of a core at speed 1. */
  readonly demand: number
  readonly draws: Stream
}

export interface WeightsPolicy {
  /** A weight per slot, of at least 0 and not all 0; only their ratios matter. */
  decide(view: WeightsView, draws: Stream): ArrayLike<number>
  save(): unknown
  load(state: unknown): void
}

/** What an admission controller sees of a request that arrives and of the replica that it arrives at. */
export interface AdmissionView {
  readonly time: number
  /** Index into the scenario's classes. */
  readonly requestClass: number
  /** How many levels of priority are more important than the request's, of `levels` in the scenario. */
  readonly level: number
  readonly levels: number
  /** Mean nominal demand of the request, seconds of a core at speed 1. */
  readonly demand: number
  /** Seconds until the client's request is late; Infinity: it has no deadline; 0: it is late, or nobody waits for it. */
  readonly timeToDeadline: number
  /** Of the replica, declared. */
  readonly cores: number
  readonly speed: number
  /** Requests at the replica; those that wait for a core, how long the oldest has (seconds); busy cores. */
  readonly inFlight: number
  readonly waiting: number
  readonly oldestWait: number
  readonly busy: number
  /** EWMA of the arrivals at the service per second, where it is followed; cores x speed of its ready replicas. */
  readonly arrivalRate: number
  readonly readyCapacity: number
  /** Tokens that the service's own rate limit has, from 0 to 1; 1 where there is none. */
  readonly tokens: number
  readonly draws: Stream
}

export interface AdmissionPolicy {
  /** Whether the request is admitted. */
  decide(view: AdmissionView, draws: Stream): boolean
  save(): unknown
  load(state: unknown): void
}

/** What somebody sees who balances, scales and admits at once, at the end of an interval. */
export interface JointView {
  readonly scaling: ScalingView
  /** Slots of the pool are those of the service. */
  readonly pool: WeightsView
  /** Requests per second that all slots can serve at their declared speed. */
  readonly capacity: number
  readonly draws: Stream
}

export type JointDecision = {
  /** As of a `WeightsPolicy`. */
  readonly weights: ArrayLike<number>
  /** Replicas, within [min, max]. */
  readonly target: number
  /** Requests per second that may enter the service. */
  readonly rate: number
}

export interface JointPolicy {
  decide(view: JointView, draws: Stream): JointDecision
  save(): unknown
  load(state: unknown): void
}

export type PolicyParams = Readonly<Record<string, unknown>>

/** A registered kind of policy. */
export type PolicyDefinition<P> = {
  readonly name: string
  /** One sentence, shown by `asyncflow agents`. */
  readonly summary: string
  readonly information: InformationClass
  /** Parameters with their defaults; an unknown or ill-typed one makes `create` throw ConfigError. */
  readonly defaults: PolicyParams
  /** `size`: slots of a balancer, max replicas of a scaler, or levels of priority of an admission controller. */
  create(params: PolicyParams, size: number): P
}
