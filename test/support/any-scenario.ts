/**
 * Random valid scenarios for properties: a chain of services that call and forward to later ones, directly and over
 * balancers, with links that lose, impatient clients, and everything that can happen to a system. About 20 seconds
 * of a few hundred requests each.
 */
import fc from 'fast-check'
import { balancingPolicies, createBalancingPolicy, scalingPolicies } from '../../src/policies/index.ts'
import type { BalancerInput } from '../../src/scenario/schema/balancer.ts'
import type { CallPolicyInput, RetryInput } from '../../src/scenario/schema/call-policy.ts'
import type { Quantity } from '../../src/scenario/schema/common.ts'
import type { ConcurrencyLimitInput } from '../../src/scenario/schema/concurrency-limit.ts'
import type { DistributionInput } from '../../src/scenario/schema/distribution.ts'
import type { EventInput } from '../../src/scenario/schema/event.ts'
import type { LinkInput } from '../../src/scenario/schema/link.ts'
import type { OverloadInput } from '../../src/scenario/schema/overload.ts'
import type { RateLimitInput } from '../../src/scenario/schema/rate-limit.ts'
import type { ReplicaGroupInput, ServiceInput } from '../../src/scenario/schema/service.ts'
import type { SocketsInput } from '../../src/scenario/schema/sockets.ts'
import type { StepInput } from '../../src/scenario/schema/step.ts'
import type { WorkloadInput } from '../../src/scenario/schema/workload.ts'
import type { ScenarioInput } from '../../src/scenario/schema.ts'

export const HORIZON = 20

export type ScenarioKind = {
  /** Nothing fails and nobody gives up: no losses, timeouts, deadlines, retries, crashes. */
  readonly calm?: boolean
  /** Without workloads whose arrivals depend on answers. */
  readonly open?: boolean
}

type Duration = DistributionInput<Quantity>

const duration = (mean: number): fc.Arbitrary<Duration> =>
  fc.oneof(
    fc.constant<Duration>(mean),
    fc.constant<Duration>({ exponential: { mean } }),
    fc.constant<Duration>({ lognormal: { mean, cv: 1.5 } }),
    fc.constant<Duration>({ uniform: { low: 0, high: 2 * mean } }),
  )

const seconds = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(low * 100), max: Math.floor(high * 100) }).map((n) => n / 100)

/** Budgets, hedges and circuit breakers, tight enough to act within a few hundred calls. */
const resilience: fc.Arbitrary<{
  hedge?: CallPolicyInput['hedge']
  circuitBreaker?: CallPolicyInput['circuitBreaker']
  budget?: RetryInput['budget']
  on?: RetryInput['on']
}> = fc.record(
  {
    hedge: fc.constantFrom<NonNullable<CallPolicyInput['hedge']>[]>(
      { after: 0.05 },
      { after: { exponential: { mean: 0.05 } }, max: 2 },
      { after: 'p90', maxExtra: 0.2 },
    ),
    circuitBreaker: fc.constantFrom<NonNullable<CallPolicyInput['circuitBreaker']>[]>(
      { window: 5, open: 0.5, halfOpen: 2, slowCall: 0.2 },
      { window: '2s', minimumCalls: 3, open: 1 },
      { hystrix: { window: 1, requests: 3, sleep: 0.5, interval: 0.25 } },
      { consecutive: { failures: 2, open: 0.3 } },
    ),
    budget: fc.constantFrom<NonNullable<RetryInput['budget']>[]>(
      0.3,
      { percent: 0.1, window: 2, reserve: 1 },
      { throttle: { maxTokens: 4, tokenRatio: 0.5 } },
      { active: 0.2, min: 1 },
    ),
    on: fc.constantFrom<NonNullable<RetryInput['on']>[]>(['timeout', 'circuit-open'], ['failed', 'lost']),
  },
  { requiredKeys: [] },
)

const callPolicy = (calm: boolean): fc.Arbitrary<CallPolicyInput> =>
  calm
    ? fc.constant({})
    : fc
        .tuple(plainCallPolicy, fc.option(resilience, { freq: 2 }))
        .map(([{ retry, ...plain }, drawn]): CallPolicyInput => {
          const { budget, on, ...guards } = drawn ?? {}
          return {
            ...plain,
            ...guards,
            ...(retry === undefined
              ? {}
              : {
                  retry: {
                    ...retry,
                    ...(budget === undefined ? {} : { budget }),
                    ...(on === undefined ? {} : { on }),
                  },
                }),
          }
        })

const plainCallPolicy: fc.Arbitrary<CallPolicyInput> = fc.record(
  {
    timeout: fc.oneof(
      duration(0.3).filter((d) => typeof d !== 'object' || !('uniform' in d)),
      fc.constant<Duration>(1),
    ),
    retry: fc.record({
      attempts: fc.integer({ min: 1, max: 3 }),
      backoff: fc.oneof(
        fc.constant({ constant: 0.05 }),
        fc.constant({ exponential: { base: 0.05, jitter: 'full' as const, max: 0.2 } }),
        fc.constant({ exponential: { base: 0.1, factor: 3, jitter: 'equal' as const } }),
        fc.constant({ exponential: { base: 0.05, max: 0.3, jitter: 'decorrelated' as const } }),
      ),
    }),
  },
  { requiredKeys: [] },
)

/** Limits and queues that act within a few hundred legs. */
const overload: fc.Arbitrary<Pick<ServiceInput, 'overload' | 'cancel'>> = fc.record(
  {
    overload: fc.record(
      {
        queueLimit: fc.constantFrom(0, 1, 5),
        concurrencyLimit: fc.constantFrom<ConcurrencyLimitInput[]>(
          2,
          { fixed: { limit: 1, maxQueue: 3, maxWait: 0.1 } },
          { fixed: { limit: 2, maxQueue: 9 } },
          { aimd: { initial: 3, min: 1, max: 6, timeout: 0.1, maxQueue: 2 } },
          { vegas: { initial: 2, max: 8 } },
          { gradient: { initial: 2, min: 1, max: 8, queue: 1, maxQueue: 4, maxWait: 0.3 } },
          { bulkhead: { concurrent: 2, maxWait: 0.05 } },
        ),
        rateLimit: fc.constantFrom<RateLimitInput[]>(
          { rate: 10, burst: 3 },
          { rate: 4, burst: 1, perClass: true },
          { leaky: { rate: 12, capacity: 4 } },
        ),
        shed: fc.constantFrom<NonNullable<OverloadInput['shed']>[]>(
          'deadline',
          { codel: { target: 0.01, interval: 0.05 } },
          ['deadline', { controlledDelay: { target: 0.01, interval: 0.05 } }],
        ),
        queue: fc.constantFrom(
          'fifo' as const,
          'lifo' as const,
          'adaptive-lifo' as const,
          'priority' as const,
        ),
        dagor: fc.constantFrom<NonNullable<OverloadInput['dagor']>[]>(
          { queueTime: 0.02, window: 0.5, increase: 0.1 },
          { queueTime: 0.05, requests: 5, share: false },
        ),
        bulkheads: fc.constantFrom<NonNullable<OverloadInput['bulkheads']>[]>(
          { a: { endpoints: ['a'], concurrent: 1, maxWait: 0.1 } },
          { a: { endpoints: ['a', 'b'], concurrent: 2 }, x: { classes: ['w.x'], concurrent: 1 } },
          { x: { classes: ['w.x'], concurrent: 1, maxWait: 1 } },
        ),
        scope: fc.constantFrom('replica' as const, 'service' as const),
      },
      { requiredKeys: [] },
    ),
    cancel: fc.constantFrom('never' as const, 'dequeue' as const, 'immediate' as const, 'immediate' as const),
  },
  { requiredKeys: [] },
)

/** What of it a discipline and the kind of scenario allow. */
function allowed(
  { overload, cancel }: Pick<ServiceInput, 'overload' | 'cancel'>,
  discipline: 'fifo' | 'ps',
): Pick<ServiceInput, 'overload' | 'cancel'> {
  const { queue, shed, dagor, ...rest } = overload ?? {}
  const some = discipline === 'ps' ? { ...rest, shed: 'deadline' as const } : { ...rest, queue, shed, dagor }
  return {
    ...(overload === undefined ? {} : { overload: some }),
    ...(cancel === undefined ? {} : { cancel }),
  }
}

/** Steps of an endpoint at a service; `targets`: where it may send. */
function steps(targets: readonly string[], calm: boolean, depth: number): fc.Arbitrary<StepInput[]> {
  const simple: fc.Arbitrary<StepInput>[] = [
    duration(0.02).map((cpu) => ({ cpu })),
    duration(0.02).map((cpu) => ({ cpu })),
    duration(0.03).map((io) => ({ io })),
    fc.constant({ cpu: 0 }),
  ]
  if (targets.length > 0) {
    simple.push(
      fc.tuple(fc.constantFrom(...targets), callPolicy(calm), fc.boolean()).map(([to, policy, named]) => ({
        call: { to, ...policy, ...(named ? { endpoint: 'b' } : {}) },
      })),
    )
  }
  const step = fc.oneof(...simple)
  if (depth === 0) return fc.array(step, { minLength: 0, maxLength: 2 })
  const inner = steps(targets, calm, depth - 1)
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: step },
      {
        weight: 1,
        arbitrary: fc
          .array(inner, { minLength: 1, maxLength: 3 })
          .map((parallel): StepInput => ({ parallel })),
      },
      {
        weight: 1,
        arbitrary: fc
          .array(fc.record({ weight: fc.integer({ min: 1, max: 3 }), steps: inner }), {
            minLength: 1,
            maxLength: 3,
          })
          .map((choose): StepInput => ({ choose })),
      },
      { weight: 1, arbitrary: inner.map((list): StepInput => ({ repeat: { times: 2, steps: list } })) },
    ),
    { minLength: 0, maxLength: 3 },
  )
}

/** An endpoint that certainly sends to `must`, where given. */
function endpoint(
  targets: readonly string[],
  must: string | undefined,
  calm: boolean,
): fc.Arbitrary<StepInput[]> {
  return fc
    .tuple(steps(targets, calm, 1), fc.option(fc.integer({ min: 1, max: 4 })), fc.boolean(), callPolicy(calm))
    .map(([list, memory, forward, policy]) => {
      const all: StepInput[] = memory === null ? list : [{ memory: `${memory}MiB` }, ...list]
      if (must === undefined) return all
      return [...all, forward ? { forward: must } : { call: { to: must, ...policy } }]
    })
}

function service(
  targets: readonly string[],
  must: string | undefined,
  calm: boolean,
): fc.Arbitrary<ServiceInput> {
  return fc
    .record({
      a: endpoint(targets, must, calm),
      b: endpoint(targets, undefined, calm),
      cores: fc.integer({ min: 1, max: 3 }),
      discipline: fc.constantFrom('fifo' as const, 'ps' as const),
      defaults: fc.option(callPolicy(calm), { freq: 2 }),
      guarded: calm ? fc.constant(null) : fc.option(overload, { freq: 1 }),
      memory: fc.option(fc.integer({ min: 8, max: 20 })),
      workers: fc.option(fc.integer({ min: 1, max: 4 })),
      replicas: fc.oneof(
        fc.integer({ min: 1, max: 3 }),
        fc.constant<ReplicaGroupInput[]>([
          { count: 1, speed: 1 },
          { count: 2, speed: 0.5 },
        ]),
      ),
      starts: fc.record(
        {
          readiness: fc.constant({ initialDelay: 0.2, period: 0.5, failureThreshold: 2 }),
          coldStart: fc.constant({ duration: 2, speed: 0.3 }),
        },
        { requiredKeys: [] },
      ),
      scaled: fc.option(
        fc.record({
          policy: fc.constantFrom(...scalingPolicies.keys()),
          startup: duration(1),
          metricDelay: fc.constantFrom(0, 0.5, 3),
          drainTimeout: calm ? fc.constant(undefined) : fc.constantFrom(undefined, 0, 0.1),
        }),
        { freq: 5 },
      ),
    })
    .map(({ a, b, cores, discipline, defaults, guarded, memory, workers, replicas, starts, scaled }) => ({
      endpoints: { a, b },
      cores,
      discipline,
      ...starts,
      ...(defaults ?? {}),
      ...(guarded === null ? {} : allowed(guarded, discipline)),
      // Fits any endpoint: 4 MiB at most, twice in no repeat.
      ...(memory === null ? {} : { memory: `${memory}MiB` }),
      ...(workers === null ? {} : { workers }),
      ...(scaled === null
        ? { replicas }
        : { replicas: 2, autoscaler: { ...scaled, policy: scaled.policy, min: 1, max: 4, interval: 2 } }),
    }))
}

/** Arrivals and profiles that are more than one rate. */
const richArrivals = (open: boolean): fc.Arbitrary<WorkloadInput['arrivals']> =>
  fc.constantFrom<WorkloadInput['arrivals'][]>(
    { mmpp: { rates: [0, 30, 10], holding: [1, 0.5, 2] } },
    ...(open ? [] : [{ sessions: { rate: 3, requests: 4, think: { exponential: { mean: 0.2 } } } }]),
  )

const richProfile: fc.Arbitrary<NonNullable<WorkloadInput['profile']>> = fc.constantFrom<
  NonNullable<WorkloadInput['profile']>[]
>(
  [{ diurnal: { amplitude: 1, period: 6 } }, { steps: { at: [[2, 0.5]], period: 5 } }],
  { spike: { factor: 4, at: 3, rise: 1, hold: 1, decay: 2 } },
  { rates: { values: [0, 2, 1], interval: 1.5, smooth: true, repeat: true } },
)

function workload(to: string, { calm = false, open = false }: ScenarioKind): fc.Arbitrary<WorkloadInput> {
  const kinds = [
    fc.constant({ poisson: { rate: 15 } }),
    fc.constant({ deterministic: { rate: 10 } }),
    fc.constant({ gamma: { rate: 12, cv: 2 } }),
    fc.constant({ users: { users: { poisson: { mean: 20 } }, perMinute: 30, window: 5 } }),
    fc
      .array(seconds(0, HORIZON - 1), { minLength: 1, maxLength: 100 })
      .map((times) => ({ trace: { times: times.sort((a, b) => a - b) } })),
    ...(open ? [] : [fc.constant({ closed: { users: 6, think: { exponential: { mean: 0.3 } } } })]),
  ]
  return fc
    .record({
      arrivals: fc.oneof(
        { weight: 4, arbitrary: fc.oneof(...kinds) as fc.Arbitrary<WorkloadInput['arrivals']> },
        { weight: 1, arbitrary: richArrivals(open) },
      ),
      profiled: fc.boolean(),
      rich: fc.option(richProfile, { freq: 3 }),
      propagateDeadline: fc.boolean(),
      deadline: fc.option(seconds(0.1, 1)),
      policy: callPolicy(calm),
    })
    .map(({ arrivals, profiled, rich, propagateDeadline, deadline, policy }) => ({
      to,
      arrivals,
      ...(profiled && !('closed' in arrivals) && !('trace' in arrivals)
        ? { profile: rich ?? { diurnal: { amplitude: 0.7, period: 7 } } }
        : {}),
      ...policy,
      propagateDeadline,
      classes: {
        x: { weight: 3, endpoint: 'a', priority: 2, ...(deadline === null || calm ? {} : { deadline }) },
        y: { weight: 1 },
      },
    }))
}

/** Sockets that run out now and then. */
const scarceSockets: fc.Arbitrary<SocketsInput> = fc.record(
  {
    max: fc.constantFrom(2, 5, 20),
    backlog: fc.constantFrom(0, 1, 10),
    memoryPerConnection: fc.constantFrom('1KiB', '1MiB', 0),
    onFull: fc.constantFrom('drop' as const, 'refuse' as const),
    keepAlive: fc.constantFrom(0, 0.3, 5),
    ephemeralPorts: fc.constantFrom(2, 50),
    timeWait: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
)

/** Any scenario where at least one component declares sockets. */
export function anyScenarioWithSockets(kind: ScenarioKind = {}): fc.Arbitrary<ScenarioInput> {
  const drawn = fc.array(fc.option(scarceSockets), { minLength: 8, maxLength: 8 })
  return fc
    .tuple(anyScenario(kind), drawn, scarceSockets, fc.option(fc.constant('3MiB')))
    .map(([scenario, optional, certain, memory]) => {
      const balancers = Object.entries(scenario.balancers ?? {}).map(([name, item], i) => {
        const sockets = optional[i]
        if (sockets === null || sockets === undefined) return [name, item]
        return [name, { ...item, sockets, ...(memory === null ? {} : { memory }) }]
      })
      const services = Object.entries(scenario.services ?? {}).map(([name, item], i) => {
        const sockets = i === 0 ? certain : optional[4 + i]
        return [name, sockets === null || sockets === undefined ? item : { ...item, sockets }]
      })
      return {
        ...scenario,
        balancers: Object.fromEntries(balancers),
        services: Object.fromEntries(services),
      } as ScenarioInput
    })
}

/** How a surge comes: all of a sudden, after a rise, or now and then. */
function announced(pick: number): Partial<Extract<EventInput, { surge: string }>> {
  if (pick % 3 === 0) return {}
  return {
    precursor: { lead: { exponential: { mean: 2 } }, falseAlarms: 0.3 },
    ...(pick % 3 === 1 ? {} : { spells: { for: 1, gap: { exponential: { mean: 2 } } } }),
  }
}

const policies = [...balancingPolicies.keys()]

/** What a balancer knows of its hosts and makes of it. */
const hostOptions: fc.Arbitrary<BalancerInput> = fc.record(
  {
    reports: fc.constant({ interval: 0.3 }),
    slowStart: fc.constant({ window: 4, minWeight: 0.2 }),
    outlierDetection: fc.constant({ consecutiveFailures: 2, interval: 1, baseEjection: 2 }),
    panicThreshold: fc.constantFrom(0.4, 0.9),
    passiveChecks: fc.constant({ maxFails: 2, failTimeout: 1 }),
  },
  { requiredKeys: [] },
)

/** Limits of a balancer that act within a few hundred legs. */
const balancerOverload: fc.Arbitrary<BalancerInput> = fc
  .constantFrom<NonNullable<BalancerInput['overload']>[]>(
    { concurrencyLimit: 3, shed: 'deadline' },
    {
      concurrencyLimit: { fixed: { limit: 2, maxQueue: 5, maxWait: 0.2 } },
      queue: 'priority',
      shed: ['deadline', { codel: { target: 0.01, interval: 0.05 } }],
    },
    { concurrencyLimit: { aimd: { initial: 3, min: 1, max: 6, maxQueue: 9 } }, queue: 'lifo' },
    { bulkheads: { x: { classes: ['w.x'], concurrent: 1, maxWait: 0.1 } }, queueLimit: 2 },
    { rateLimit: { leaky: { rate: 12, capacity: 4 } } },
  )
  .map((overload) => ({ overload, noBackend: 0.5 }))

/** Without what the policy or the way of the answers rules out. */
export function fitting({
  outlierDetection,
  passiveChecks,
  overload,
  ...balancer
}: BalancerInput): BalancerInput {
  const { uses = [] } = createBalancingPolicy({ name: balancer.policy as string, params: {} }, 1)
  const response = uses.includes('answers') ? 'proxy' : balancer.response
  return {
    ...balancer,
    response,
    ...(balancer.policy === 'stale-estimate' ? { reports: { interval: 0.5 } } : {}),
    ...(response === 'proxy' && outlierDetection !== undefined ? { outlierDetection } : {}),
    ...(response === 'proxy' && passiveChecks !== undefined ? { passiveChecks } : {}),
    ...(response === 'proxy' && overload !== undefined ? { overload } : {}),
  }
}

export function anyScenario(kind: ScenarioKind = {}): fc.Arbitrary<ScenarioInput> {
  const { calm = false } = kind
  return fc.integer({ min: 1, max: 4 }).chain((count) => {
    const names = Array.from({ length: count }, (_, i) => `s${i}`)
    return fc.array(fc.boolean(), { minLength: count, maxLength: count }).chain((balanced) => {
      /** How service i is reached by others. */
      const way = (i: number): string => (balanced[i] ? `lb${i}` : `s${i}`)
      const services = names.map((_, i) => {
        const later = names.slice(i + 1).map((_, k) => way(i + 1 + k))
        return service(later, later[0], calm)
      })
      return fc
        .record({
          services: fc.tuple(...services),
          balancers: fc.array(
            fc
              .record({
                policy: fc.constantFrom(...policies),
                noBackend: fc.constantFrom(0, 0.5),
                response: fc.constantFrom('proxy' as const, 'proxy' as const, 'direct' as const),
                hosts: hostOptions,
                guard: calm ? fc.constant({}) : fc.oneof(fc.constant({}), balancerOverload),
              })
              .map(({ hosts, guard, ...balancer }) => fitting({ ...balancer, ...hosts, ...guard })),
            { minLength: count, maxLength: count },
          ),
          first: workload(way(0), kind),
          second: fc.option(workload(way(0), kind)),
          links: fc.array(
            fc.record({
              latency: fc.oneof(duration(0.01), fc.constant<Duration>(0)),
              loss: calm ? fc.constant(0) : fc.constantFrom(0, 0, 0.05),
              oneWay: fc.boolean(),
              wanted: fc.boolean(),
              slot: fc.boolean(),
            }),
            { minLength: 2 * count, maxLength: 2 * count },
          ),
          events: fc.array(
            fc.tuple(
              fc.constantFrom('drain', 'crash', 'latency', 'loss', 'surge', 'slow', 'spells', 'capacity'),
              fc.nat(),
              fc.boolean(),
              seconds(0, 15),
              seconds(0.1, 8),
            ),
            {
              maxLength: 5,
            },
          ),
        })
        .map((drawn) => {
          const links: LinkInput[] = []
          const add = (from: string, to: string, i: number): void => {
            const { wanted, slot, ...link } = drawn.links[i]!
            if (wanted)
              links.push({
                from,
                to: slot && to.startsWith('s') && from.startsWith('lb') ? `${to}/0` : to,
                ...link,
              })
          }
          add('w', way(0), 0)
          names.forEach((name, i) => {
            if (balanced[i]) add(`lb${i}`, name, 2 * i)
            if (i + 1 < count) add(name, way(i + 1), 2 * i + 1)
          })
          const named = Object.fromEntries(names.map((name, i) => [name, drawn.services[i]!]))
          const balancers = Object.fromEntries(
            names.flatMap((name, i): [string, BalancerInput][] =>
              balanced[i] ? [[`lb${i}`, { ...drawn.balancers[i]!, to: name }]] : [],
            ),
          )
          const events = drawn.events.flatMap(([what, pick, whole, at, lasts]): EventInput[] => {
            const name = names[pick % count]!
            const place = whole ? name : `${name}/0`
            const link = links.length === 0 ? undefined : links[pick % links.length]!
            const linkName = link === undefined ? '' : `${link.from}->${link.to}`
            const open = !('closed' in drawn.first.arrivals) && !('trace' in drawn.first.arrivals)
            if (what === 'drain') return calm ? [] : [{ outage: place, at, for: lasts }]
            if (what === 'capacity') return calm ? [] : [{ capacity: name, replicas: -1, at, for: lasts }]
            if (what === 'crash') return calm ? [] : [{ outage: place, at, for: lasts, mode: 'crash' }]
            if (what === 'latency')
              return link === undefined ? [] : [{ latency: linkName, add: 0.05, at, for: lasts }]
            if (what === 'loss')
              return link === undefined || calm ? [] : [{ loss: linkName, add: 0.2, at, for: lasts }]
            if (what === 'surge')
              return open ? [{ surge: 'w', factor: 2, at, for: lasts, ...announced(pick) }] : []
            if (what === 'slow') return [{ slow: place, factor: 3, at, for: lasts }]
            return [
              {
                slow: place,
                factor: 2,
                spells: { for: { exponential: { mean: 1 } }, gap: { exponential: { mean: 2 } } },
              },
            ]
          })
          return {
            name: 'Any',
            horizon: HORIZON,
            samplePeriod: 1,
            workloads: drawn.second === null ? { w: drawn.first } : { w: drawn.first, v: drawn.second },
            links,
            balancers,
            services: named,
            events,
          }
        })
    })
  })
}

const withoutRepeats = ({ retry, hedge, ...policy }: CallPolicyInput): CallPolicyInput => policy

/** The same scenarios with a database that the first service queries; `calm` as above. */
export function withDatabase(
  scenarios: fc.Arbitrary<ScenarioInput>,
  calm = false,
): fc.Arbitrary<ScenarioInput> {
  return fc
    .record({
      scenario: scenarios,
      connections: fc.integer({ min: 1, max: 4 }),
      parallelism: fc.option(fc.integer({ min: 1, max: 3 })),
      acquireTimeout: fc.constantFrom<Duration>(0.2, { exponential: { mean: 0.3 } }, 30),
      latency: duration(0.05),
      policy: callPolicy(calm),
      link: fc.boolean(),
      struck: fc.boolean(),
      transaction: fc.constantFrom('none', 'none', 'plain', 'branch', 'nested', 'calls'),
      pooled: fc.option(fc.record({ maxConnections: fc.integer({ min: 1, max: 8 }) }), { freq: 3 }),
      usl: fc.option(fc.constantFrom({ sigma: 0.2 }, { sigma: 0.05, kappa: 0.1 }), { freq: 3 }),
      rowLocks: fc.boolean(),
    })
    .map(({ scenario, connections, parallelism, acquireTimeout, latency, policy, link, struck, ...more }) => {
      const { transaction, pooled, usl, rowLocks } = more
      const [first, spec] = Object.entries(scenario.services!)[0]!
      const row = rowLocks ? { key: { zipf: { n: 3, s: 1 } } } : {}
      const query: StepInput = { query: { to: 'db', latency, ...row, ...policy } }
      const own: StepInput = { query: { to: 'db', latency, ...row, ...withoutRepeats(policy) } }
      const within = (steps: StepInput[]): StepInput => ({ transaction: { to: 'db', steps } })
      const plain = within([own, { cpu: 0.002 }, own, { io: 0.01 }])
      const held: Record<string, (list: StepInput[]) => StepInput[]> = {
        none: (list) => [query, ...list],
        plain: (list) => [plain, query, ...list],
        branch: (list) => [{ parallel: [[plain], [plain, query]] }, ...list],
        nested: (list) => [
          {
            transaction: {
              to: 'other',
              steps: [
                { query: { to: 'other', latency: 0.01 } },
                plain,
                { parallel: [[{ cpu: 0.001 }], [plain]] },
              ],
            },
          },
          ...list,
        ],
        calls: (list) =>
          list.some((step) => 'forward' in step || 'choose' in step)
            ? [plain, ...list]
            : [within([own, ...list, own])],
      }
      const endpoints = Object.fromEntries(
        Object.entries(spec.endpoints).map(([name, list]): [string, StepInput[]] => [
          name,
          [{ parallel: [[query], [{ cpu: 0.005 }]] }, ...held[transaction]!(list)],
        ]),
      )
      return {
        ...scenario,
        services: { ...scenario.services, [first]: { ...spec, endpoints } },
        databases: {
          db: {
            connections,
            acquireTimeout: calm ? 1e6 : acquireTimeout,
            ...(parallelism === null ? {} : { parallelism }),
            ...(usl === null ? {} : { usl }),
            rowLocks,
            ...(pooled === null
              ? {}
              : { pool: 'per-replica' as const, maxConnections: calm ? 100 : pooled.maxConnections }),
          },
          ...(transaction === 'nested' ? { other: { connections: 2 } } : {}),
        },
        links: [
          ...(scenario.links ?? []),
          ...(link ? [{ from: first, to: 'db', latency: 0.01, loss: calm ? 0 : 0.05 }] : []),
        ],
        events: [
          ...(scenario.events ?? []),
          ...(struck
            ? [
                { slow: 'db', factor: 3, at: 2, for: 4 },
                ...(calm
                  ? []
                  : [
                      { fail: 'db', rate: 0.3, at: 5, for: 4 },
                      { outage: 'db', mode: 'crash' as const, at: 8, for: 2 },
                    ]),
              ]
            : []),
        ],
      }
    })
}

/** The same with a cache before a database named `db`, which has to be there: asked by the first service, also in parallel. */
export function withCache(scenarios: fc.Arbitrary<ScenarioInput>, calm = false): fc.Arbitrary<ScenarioInput> {
  return fc
    .record({
      scenario: scenarios,
      cache: fc.record({
        capacity: fc.integer({ min: 1, max: 8 }),
        eviction: fc.constantFrom('lru', 'fifo', 'random', 'lfu', 'sieve'),
        coalesce: fc.boolean(),
        ttlReset: fc.boolean(),
        ttl: fc.constantFrom(0.2, 2, 100),
        early: fc.boolean(),
        warm: fc.boolean(),
        hit: fc.oneof(fc.constant<Duration>(0), duration(0.01)),
      }),
      hitRatio: fc.option(fc.constantFrom(0, 0.4, 1), { freq: 4 }),
      second: fc.boolean(),
      latency: duration(0.05),
      keys: fc.integer({ min: 1, max: 20 }),
      policies: fc.tuple(callPolicy(calm), callPolicy(calm)),
      link: fc.boolean(),
    })
    .map(({ scenario, cache, hitRatio, second, latency, keys, policies, link }) => {
      const [first, spec] = Object.entries(scenario.services!)[0]!
      const { early, ...plain } = cache
      const drawn = keys > 10 ? { zipf: { n: keys, s: 0.9 } } : { trace: { values: [7, 'a', 7, 3, keys] } }
      const key = hitRatio === null ? { key: drawn } : {}
      const call: StepInput = { call: { to: 'cache', ...key, ...policies[0] } }
      const query: StepInput = { query: { to: 'db', latency, ...policies[1] } }
      const endpoints = Object.fromEntries(
        Object.entries(spec.endpoints).map(([name, list]): [string, StepInput[]] => [
          name,
          [{ parallel: [[call], [{ cpu: 0.005 }, call]] }, ...list],
        ]),
      )
      return {
        ...scenario,
        services: { ...scenario.services, [first]: { ...spec, endpoints } },
        caches: {
          cache: {
            ...(hitRatio === null ? plain : { hitRatio, hit: plain.hit }),
            ...(hitRatio === null && early ? { earlyRecompute: 5 } : {}),
            miss: [
              { io: 0.01 },
              second ? { call: { to: 'far', ...(hitRatio === null ? {} : { key: 3 }) } } : query,
            ],
          },
          ...(second ? { far: { capacity: 4, coalesce: true, miss: query } } : {}),
        },
        links: [
          ...(scenario.links ?? []),
          ...(link ? [{ from: first, to: 'cache', latency: 0.01, loss: calm ? 0 : 0.05 }] : []),
          ...(link && !second ? [{ from: 'cache', to: 'db', latency: 0.02, loss: calm ? 0 : 0.05 }] : []),
        ],
        events: [
          ...(scenario.events ?? []),
          ...(hitRatio === null ? [3, 7].map((at) => ({ flush: 'cache', at })) : []),
        ],
      }
    })
}
