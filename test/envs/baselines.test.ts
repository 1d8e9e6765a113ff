import { describe, expect, test } from 'vitest'
import { type AgentDefinition, agentDefinitions, createAgent } from '../../agents/index.ts'
import { make } from '../../envs/index.ts'
import { checkEnv, type Info } from '../../src/gym/index.ts'

/** The environments that agents of a kind are for. */
const ENVIRONMENTS: Readonly<Partial<Record<AgentDefinition['kind'], readonly string[]>>> = {
  balancing: ['LoadBalancing-v0'],
  weights: ['LoadBalancingWeights-v0'],
  scaling: ['Autoscaling-v0', 'AutoscalingContinuous-v0'],
  admission: ['AdmissionControl-v0'],
  joint: ['JointControl-v0'],
  any: [
    'LoadBalancing-v0',
    'LoadBalancingWeights-v0',
    'Autoscaling-v0',
    'AutoscalingContinuous-v0',
    'AdmissionControl-v0',
    'JointControl-v0',
  ],
}

const CASES = agentDefinitions().flatMap(({ name, kind }) =>
  (ENVIRONMENTS[kind] ?? []).map((id) => [name, id] as const),
)

/** Beside random choices, what learners must be measured against. */
const MANDATORY: readonly (readonly [string, readonly string[]])[] = [
  [
    'LoadBalancing-v0',
    [
      ...['weighted-random', 'weighted', 'jsq', 'sed', 'offset-sed', 'power-of-two', 'prequal', 'peak-ewma'],
      ...['expected-work', 'stale-estimate'],
    ],
  ],
  ['Autoscaling-v0', ['fixed', 'hpa', 'square-root', 'schedule', 'holt-winters', 'rate-oracle']],
  ['LoadBalancingWeights-v0', ['static-split', 'inverse-latency']],
  ['AdmissionControl-v0', ['admit-all', 'in-flight-limit', 'queue-limit', 'token-bucket', 'deadline-aware']],
  ['JointControl-v0', ['joint-control']],
]

describe('the baselines', () => {
  test.each(MANDATORY)('of %s are there', (id, names) => {
    for (const name of names) expect(CASES).toContainEqual([name, id])
  })

  test.each(CASES)('%s acts in %s as it stands', (name, id) => {
    const env = make(id, { start: 'empty' })
    const agent = createAgent(name, {}, { actionSpace: env.actionSpace })
    let { observation, info } = env.reset({ seed: 3 })
    agent.reset?.(3)
    for (let t = 0; t < 12; t++) {
      const action = agent.act(observation, info)
      expect(env.actionSpace.contains(action)).toBe(true)
      ;({ observation, info } = env.step(action))
      // Random actions of a Dict come with its mask.
      expect((info as Info).invalidAction).toBe(false)
    }
  })

  test('random respects the mask inside a Dict', () => {
    const env = make('JointControl-v0', { start: 'empty' }).unwrapped
    const report = checkEnv(env, { actions: 'masked', steps: 5 })
    expect(report.errors).toEqual([])
  })
})
