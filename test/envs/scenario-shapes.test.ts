/** Environments on scenarios whose paths, clients and policies differ: what is measured must be what the pool is offered. */
import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { type Autoscaling, type Dispatch, type LoadBalancing, make } from '../../envs/index.ts'
import { createBalancingPolicy } from '../../src/policies/index.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'

const balancing = (kwargs: Record<string, unknown>): LoadBalancing =>
  make('LoadBalancing-v0', kwargs).unwrapped as LoadBalancing

/** Two entries, each with a workload of its own. */
function twoEntries(second: string, first = '', other = ''): string {
  return `
horizon: 60s
workloads:
  wa: { to: ea, arrivals: { poisson: { rate: 50/s } }${first} }
  wb: { to: eb, arrivals: { poisson: { rate: 50/s } }${other} }
balancers:
  ea: { policy: random, to: sa }
  eb: { policy: random, to: ${second} }
services:
  sa: { replicas: 2, cores: 4, endpoints: { x: [{ cpu: 10ms }] } }
${second === 'sb' ? '  sb: { replicas: 2, cores: 8, endpoints: { y: [{ cpu: 100ms }] } }' : ''}
`
}

const ONE = `
horizon: 20s
workloads: { w: { to: e, arrivals: { poisson: { rate: 100/s } }, hedge: { after: 40ms } } }
balancers: { e: { policy: random, to: s } }
services: { s: { replicas: 3, cores: 2, endpoints: { x: [{ cpu: { exponential: { mean: 30ms } } }] } } }
`

function scaled(workloads: string, other = ''): string {
  return `
horizon: 30min
workloads: { ${workloads} }
services:
  back: { replicas: 4, endpoints: { b: [{ cpu: 500ms }] }, autoscaler: { policy: hpa, min: 1, max: 40, interval: 15s, startup: 60s } }
${other}
`
}

describe('several balancers', () => {
  test.each(['LoadBalancing-v0', 'LoadBalancingWeights-v0'])(
    '%s gives those that are not controlled back to their own policy after the warm start',
    (id) => {
      const policies = (kwargs: object): string => {
        const env = make(id, { scenario: twoEntries('sa'), control: 'one', balancer: 'ea', ...kwargs })
        env.reset({ seed: 1 })
        const { simulation } = env.unwrapped as LoadBalancing
        return simulation!.world.balancers.all.find(({ spec }) => spec.name === 'eb')!.policySpec.name
      }
      expect(policies({ start: 'warm' })).toBe('random')
      expect(policies({ start: 'empty' })).toBe('random')
      expect(policies({ background: 'round-robin' })).toBe('round-robin')
    },
  )

  test('take each class by the balancer that it comes to', () => {
    expect(balancing({ scenario: twoEntries('sb'), start: 'empty' }).load.demand).toBeCloseTo(0.055, 12)
  })

  test.each(['LoadBalancing-v0', 'LoadBalancingWeights-v0'])(
    '%s charges a failure by the timeout of its own client',
    (id) => {
      const costs = (first: string, other: string): number[] => {
        const env = make(id, { scenario: twoEntries('sa', first, other), start: 'empty' })
        env.reset({ seed: 1 })
        return [...(env.unwrapped as LoadBalancing).simulation!.world.requests.failureCost]
      }
      expect(costs(', timeout: 5s', '')).toEqual([5, 1])
      expect(costs('', ', timeout: 5s')).toEqual([1, 5])
    },
  )
})

test('a slot whose every answer is a refusal without delay shows its failures', () => {
  const env = balancing({
    scenario: `
horizon: 60s
workloads:
  w: { to: e, arrivals: { poisson: { rate: 300/s } } }
  # Takes the only token that the limit ever has.
  v: { to: bad, arrivals: { deterministic: { rate: 1/s } } }
balancers: { e: { policy: random, targets: [bad, good] } }
services:
  good: { replicas: 2, endpoints: { x: [{ cpu: 5ms }] } }
  bad: { overload: { rateLimit: { rate: 0.000001/s, burst: 1 } }, endpoints: { x: [{ cpu: 5ms }] } }
`,
    start: { warm: { 'weighted-random': { weights: [0, 1, 1] } }, for: 5 },
  })
  let { observation } = env.reset({ seed: 1 })
  for (let i = 0; i < 900; i++) ({ observation } = env.step(i % 3))
  const { shared, each } = env.slotLayout
  expect(observation[shared + 5]).toBeGreaterThan(0.2)
  expect(observation[shared + each + 5]).toBe(0)
})

test('without a decision that leaves a choice, an episode of skipped ones ends', () => {
  const env = balancing({
    scenario: ONE.replace('replicas: 3', 'replicas: 1'),
    skipForced: true,
    episodeLength: 10,
  })
  env.reset({ seed: 1 })
  expect(env.step(0).truncated).toBe(true)
})

test.each(['least-request', 'peak-ewma', 'prequal', 'c3', 'weighted'])(
  '%s as an agent at two balancers decides by what each of them has seen, as in the simulator',
  (policy) => {
    const scenario = `
horizon: 20s
workloads:
  wa: { to: ea, arrivals: { poisson: { rate: 60/s } } }
  wb: { to: eb, arrivals: { poisson: { rate: 60/s } } }
balancers: { ea: { policy: ${policy}, to: s }, eb: { policy: ${policy}, to: s } }
services: { s: { replicas: 6, endpoints: { x: [{ cpu: { exponential: { mean: 30ms } } }] } } }
`
    const simulation = new Simulation(loadScenario(scenario), { seed: '1/0' })
    const alone: string[] = []
    simulation.world.requests.listener = ({ number, end }) => alone.push(`${number} ${end}`)
    simulation.run()
    const env = balancing({ scenario, start: 'empty', episodeLength: 'horizon' })
    const agent = createAgent(policy, {}, env)
    let { observation, info } = env.reset({ seed: 1 })
    const stepped: string[] = []
    env.simulation!.world.requests.listener = ({ number, end }) => stepped.push(`${number} ${end}`)
    for (let truncated = false; !truncated; ) {
      ;({ observation, info, truncated } = env.step(agent.act(observation, info) as number))
    }
    expect(stepped).toEqual(alone)
  },
)

test('hedged requests meet the same replicas in an environment as in the simulator', () => {
  const simulation = new Simulation(loadScenario(ONE), { seed: '1/0' })
  const alone: string[] = []
  simulation.world.requests.listener = ({ number, end }) => alone.push(`${number} ${end}`)
  simulation.run()
  const env = balancing({ scenario: ONE, start: 'empty', episodeLength: 'horizon' })
  let { info, truncated }: { info: unknown; truncated: boolean } = {
    ...env.reset({ seed: 1 }),
    truncated: false,
  }
  const stepped: string[] = []
  env.simulation!.world.requests.listener = ({ number, end }) => stepped.push(`${number} ${end}`)
  const policy = createBalancingPolicy({ name: 'random', params: {} }, 3)
  while (!truncated) {
    const { view } = info as { view: Parameters<typeof policy.decide>[0] }
    ;({ info, truncated } = env.step(policy.decide(view, view.draws)))
  }
  expect(stepped).toEqual(alone)
})

test.each(['LoadBalancing-v0', 'LoadBalancingWeights-v0', 'AdmissionControl-v0'])(
  '%s counts the whole of an episode that is shorter than the warm-up of its scenario',
  (id) => {
    const scenario = ONE.replace('horizon: 20s', 'horizon: 2000s\nwarmup: 1000s').replace(
      ', hedge: { after: 40ms }',
      '',
    )
    const env = make(id, { scenario, start: 'empty', episodeLength: 20 })
    env.reset({ seed: 1 })
    for (;;) {
      const { info, truncated } = env.step(id === 'LoadBalancingWeights-v0' ? Float32Array.of(1, 1, 1) : 1)
      if (!truncated) continue
      expect((info.summary as { meanLatency: number }).meanLatency).toBeGreaterThan(0)
      break
    }
  },
)

describe('the offered load of a scaled service', () => {
  const offered = (scenario: string): number =>
    (make('Autoscaling-v0', { scenario, slo: 2.5 }).unwrapped as Autoscaling).offeredReplicas

  test('is that of the requests that come to it', () => {
    const gate = `  gate: { cores: 4, endpoints: { a: [{ choose: [{ weight: 1, steps: [{ call: back }] }, { weight: 9, steps: [{ cpu: 1ms }] }] }] } }`
    expect(offered(scaled('w: { to: back, arrivals: { poisson: { rate: 4/s } } }'))).toBeCloseTo(2, 9)
    expect(offered(scaled('w: { to: gate, arrivals: { poisson: { rate: 40/s } } }', gate))).toBeCloseTo(2, 9)
    const both =
      'w: { to: back, arrivals: { poisson: { rate: 4/s } } }, v: { to: other, arrivals: { poisson: { rate: 36/s } } }'
    const other = '  other: { cores: 4, endpoints: { a: [{ cpu: 1ms }] } }'
    expect(offered(scaled(both, other))).toBeCloseTo(2, 9)
  })

  test('follows the mean of the profile', () => {
    const pieces = 'profile: { steps: { period: 10min, at: [[0s, 1], [5min, 2]] } }'
    expect(offered(scaled(`w: { to: back, arrivals: { poisson: { rate: 4/s } }, ${pieces} }`))).toBeCloseTo(
      3,
      9,
    )
  })
})

test('a day that a surge multiplies is on the clock, at another hour for each seed', () => {
  const hours = [1, 2, 3].map((seed) => {
    const env = make('Autoscaling-v0', { scenario: 'announced-surges', clock: 'on' })
    return [...(env.reset({ seed }).observation as Float32Array)].slice(18, 20)
  })
  expect(new Set(hours.map(String)).size).toBe(3)
  for (const [sin, cos] of hours) expect((2 * sin! - 1) ** 2 + (2 * cos! - 1) ** 2).toBeCloseTo(1, 5)
})

test('the settlement is part of the last interval', () => {
  const env = make('Autoscaling-v0', { settle: true, episodeLength: 3 })
  let before = env.reset({ seed: 1 }).info.time as number
  for (;;) {
    const { info, truncated } = env.step(env.actionSpace.sample())
    expect(info.elapsed).toBeCloseTo((info.time as number) - before, 9)
    before = info.time as number
    if (truncated) break
  }
})

test('policies that go by work know that of jobs', () => {
  const dispatch = make('Dispatch-v0', {}).unwrapped as Dispatch
  const { view } = dispatch.at([30, 1]).info as unknown as {
    view: Parameters<ReturnType<typeof createBalancingPolicy>['decide']>[0]
  }
  const policy = createBalancingPolicy({ name: 'expected-work', params: {} }, 2)
  expect(policy.decide(view, view.draws)).toBe(1)
})

describe('bad options', () => {
  const scenario = twoEntries('sa')
  test.each([
    ['LoadBalancing-v0', { scenario, classWeights: { wb: 'heavy' } }, 'classWeights.wb'],
    ['LoadBalancing-v0', { scenario, classWeights: { wb: -1 } }, 'classWeights.wb'],
    ['LoadBalancingWeights-v0', { scenario, classWeights: { wb: Number.NaN } }, 'classWeights.wb'],
    ['LoadBalancing-v0', { scenario, classWeights: { wc: 2 } }, 'has no class "wc"'],
    ['LoadBalancingWeights-v0', { scenario, classWeights: { wc: 2 } }, 'has no class "wc"'],
    ['AdmissionControl-v0', { scenario, values: { wc: 2 } }, 'has no class "wc"'],
    ['LoadBalancing-v0', { scenario, background: 'randm' }, 'background'],
    ['LoadBalancing-v0', { scenario: '/' }, 'no scenario "/"'],
    ['LoadBalancingWeights-v0', { scenario, start: { warm: 'randm' } }, 'start.warm'],
    ['Autoscaling-v0', { start: { warm: 'hpaa' } }, 'start.warm'],
    ['LoadBalancing-v0', { scenario, randomize: { 'services.sa.cores': [1, 4] } }, 'services.sa.cores'],
  ])('%s names %j before the first episode', (id, kwargs, named) => {
    expect(() => make(id, kwargs)).toThrow(named)
  })
})
