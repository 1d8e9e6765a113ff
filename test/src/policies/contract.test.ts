/**
 * What every policy keeps, whatever it does, in a system that has three replicas, one, and none for a while: requests and
 * legs are conserved, nothing is left when the run drains, the same seed gives the same bytes, and no slot that is not
 * available is picked. Balancing and scaling policies are those of the registries; the kinds of the others are those of
 * the types, so that a new one does not compile without a case here.
 */
import { describe, expect, test } from 'vitest'
import { balancingPolicies, scalingPolicies } from '../../../src/policies/index.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type {
  ConcurrencyLimitSpec,
  CoreOrder,
  DelaySpec,
  RateLimitSpec,
} from '../../../src/scenario/overload-types.ts'
import type { BalancerInput } from '../../../src/scenario/schema/balancer.ts'
import type { CallPolicyInput } from '../../../src/scenario/schema/call-policy.ts'
import type { BalancerOverloadInput, OverloadInput } from '../../../src/scenario/schema/overload.ts'
import type { ServiceInput } from '../../../src/scenario/schema/service.ts'
import type { CircuitBreaker, RetryBudget } from '../../../src/scenario/types.ts'
import { Simulation } from '../../../src/simulation/index.ts'
import { expectConsistent, expectDrained } from '../../support/invariants.ts'

type System = {
  readonly balancer?: Partial<BalancerInput>
  readonly service?: Partial<ServiceInput>
  readonly call?: CallPolicyInput
}

const HORIZON = 12

/** 40 requests/s for 25 ms each; two of three replicas are out from 3 to 9 s, the last one from 5 to 6 s, as crashes. */
function build({ balancer, service, call }: System): Simulation {
  const simulation = new Simulation(
    parseScenario({
      name: 'Contract',
      horizon: HORIZON,
      workloads: {
        w: {
          to: 'lb',
          arrivals: { poisson: { rate: 40 } },
          timeout: 0.5,
          classes: { x: { priority: 1, key: { zipf: { n: 50, s: 1 } } }, y: { deadline: 1 } },
          ...call,
        },
      },
      balancers: { lb: { to: 'web', reports: { interval: 0.2 }, noBackend: 0.2, ...balancer } },
      services: {
        web: { replicas: 3, endpoints: { e: [{ cpu: { exponential: { mean: 0.025 } } }] }, ...service },
      },
      events: [
        { outage: 'web/0', at: 3, for: 6, mode: 'crash' },
        { outage: 'web/1', at: 3, for: 6 },
        { outage: 'web/2', at: 5, for: 1, mode: 'crash' },
      ],
    }),
    { seed: 1, drain: true, series: false },
  )
  for (const view of simulation.world.balancers.all) {
    const { policy } = view
    const decide = policy.decide.bind(policy)
    policy.decide = (seen, draws) => {
      const slot = decide(seen, draws)
      if (view.available[slot] !== 1) throw new Error(`slot ${slot} is not available at ${view.time}`)
      return slot
    }
  }
  return simulation
}

function expectContract(system: System): Simulation {
  const simulation = build(system)
  for (const time of [2.5, 4.5, 5.5]) {
    simulation.until(time)
    expectConsistent(simulation)
  }
  simulation.run()
  expectDrained(simulation)
  expectConsistent(simulation)
  const again = build(system)
  again.run()
  expect(again.result()).toEqual(simulation.result())
  const { created, outcomes } = simulation.result().requests
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(created)
  expect(outcomes.ok).toBeGreaterThan(100)
  return simulation
}

describe.each([...balancingPolicies.keys()])('the balancing policy %s', (policy) => {
  test('keeps the contract', () => {
    const simulation = expectContract({ balancer: { policy } })
    expect(simulation.world.balancers.all[0]!.decisions).toBeGreaterThan(200)
  })

  test('lives with a single replica', () => {
    expectContract({
      balancer: { policy },
      service: { replicas: 1, autoscaler: { policy: 'fixed', max: 3 } },
    })
  })
})

test('prequal that waits for its probes keeps the contract', () => {
  expectContract({ balancer: { policy: { prequal: { mode: 'sync' } } } })
})

describe.each([...scalingPolicies.keys()])('the scaling policy %s', (policy) => {
  test.each([1, 3])('keeps the contract from %d replicas on', (replicas) => {
    expectContract({
      service: { replicas, autoscaler: { policy, max: 3, interval: 1, startup: 0.5, drainTimeout: 0.1 } },
    })
  })
})

/** A limit that lets others wait. */
const CONCURRENCY: Readonly<
  Record<ConcurrencyLimitSpec['kind'], NonNullable<OverloadInput['concurrencyLimit']>>
> = {
  fixed: { fixed: { limit: 2, maxQueue: 5, maxWait: 0.1 } },
  aimd: { aimd: { initial: 2, min: 1, max: 5, maxQueue: 5 } },
  vegas: { vegas: { initial: 2, max: 5, maxQueue: 5 } },
  gradient: { gradient: { initial: 2, min: 1, max: 5, maxQueue: 5 } },
}
const RATE: Readonly<Record<RateLimitSpec['kind'], NonNullable<OverloadInput['rateLimit']>>> = {
  token: { rate: 20, burst: 2 },
  leaky: { leaky: { rate: 20, capacity: 4 } },
}
const DELAY: Readonly<Record<DelaySpec['kind'], NonNullable<OverloadInput['shed']>>> = {
  codel: { codel: { target: 0.01, interval: 0.05 } },
  controlledDelay: ['deadline', { controlledDelay: { target: 0.01, interval: 0.05 } }],
}
const ORDER: Readonly<Record<CoreOrder, true>> = {
  fifo: true,
  lifo: true,
  'adaptive-lifo': true,
  priority: true,
}
const LIMITED = CONCURRENCY.fixed

const AT_SERVICES: OverloadInput[] = [
  { queueLimit: 3 },
  { bulkheads: { b: { endpoints: ['e'], concurrent: 2, maxWait: 0.1 } } },
  { dagor: { window: 0.5, queueTime: 0.01 } },
  ...Object.values(CONCURRENCY).map((concurrencyLimit) => ({ concurrencyLimit })),
  ...Object.values(RATE).map((rateLimit) => ({ rateLimit })),
  ...Object.values(DELAY).map((shed) => ({ shed })),
  ...(Object.keys(ORDER) as CoreOrder[]).map((queue) => ({ queue, queueLimit: 5 })),
]

const AT_BALANCERS: BalancerOverloadInput[] = [
  { queueLimit: 3 },
  { bulkheads: { b: { classes: ['w.x'], concurrent: 2, maxWait: 0.1 } } },
  ...Object.values(CONCURRENCY).map((concurrencyLimit) => ({ concurrencyLimit })),
  ...Object.values(RATE).map((rateLimit) => ({ rateLimit })),
  ...Object.values(DELAY).map((shed) => ({ concurrencyLimit: LIMITED, shed })),
  ...(Object.keys(ORDER) as CoreOrder[]).map((queue) => ({ concurrencyLimit: LIMITED, queue })),
]

describe('overload control', () => {
  test.each(AT_SERVICES)('at a service keeps the contract: %j', (overload) => {
    for (const scope of ['replica', 'service'] as const)
      expectContract({ service: { overload: { ...overload, scope } } })
  })

  test.each(AT_BALANCERS)('at a balancer keeps the contract: %j', (overload) => {
    expectContract({ balancer: { overload } })
  })
})

const BUDGETS: Readonly<
  Record<RetryBudget['kind'], NonNullable<NonNullable<CallPolicyInput['retry']>['budget']>>
> = {
  tokens: { percent: 0.2, window: 2, reserve: 1 },
  throttle: { throttle: { maxTokens: 5, tokenRatio: 0.5 } },
  active: { active: 0.2, min: 1 },
}
const BREAKERS: Readonly<Record<CircuitBreaker['kind'], NonNullable<CallPolicyInput['circuitBreaker']>>> = {
  rate: { window: 10, open: 0.5, halfOpen: 2, slowCall: 0.2 },
  hystrix: { hystrix: { window: 1, requests: 5, sleep: 0.5, interval: 0.25 } },
  consecutive: { consecutive: { failures: 3, open: 0.3 } },
}

describe('resilience', () => {
  test.each(Object.entries(BUDGETS))('the budget %s keeps the contract', (_, budget) => {
    expectContract({ call: { timeout: 0.1, retry: { attempts: 3, budget } } })
  })

  test.each(Object.entries(BREAKERS))('the circuit breaker %s keeps the contract', (_, circuitBreaker) => {
    expectContract({ call: { timeout: 0.1, circuitBreaker } })
  })

  test.each<NonNullable<CallPolicyInput['hedge']>>([
    { after: 0.05 },
    { after: 'p90', max: 2, maxExtra: 0.2 },
  ])('the hedge %j keeps the contract', (hedge) => {
    expectContract({ call: { hedge } })
  })
})
