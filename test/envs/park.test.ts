import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createAgent } from '../../agents/index.ts'
import { make } from '../../envs/index.ts'
import { ConfigError, InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import { checkEnv, type Env } from '../../src/gym/index.ts'

type Run = {
  return: number
  steps: number
  end_time: number
  mean_response: number
  first5_obs: number[][]
}
type Golden = {
  traces: Record<string, { jobs_dt_size: [number, number][]; policies: Record<string, Run> }>
}

const { traces }: Golden = JSON.parse(
  readFileSync(new URL('../fixtures/park/golden.json', import.meta.url), 'utf8'),
)

/** The fixture's policies as agents. */
const AGENTS: Readonly<Record<string, readonly [string, Record<string, unknown>]>> = {
  round_robin: ['round-robin', {}],
  'fastest_only(9)': ['park-fastest', {}],
  'least_load(obs argmin; Park units)': ['park-least-load', {}],
  JSQ: ['jsq', { ties: 'first' }],
  'JSQ tie->fastest': ['jsq', { ties: 'fastest' }],
  'SED (q+1)/mu': ['sed', {}],
  'least work-left time (LWL)': ['park-least-work', {}],
  'shortest completion obs: (load+size)/rate': ['park-shortest-completion', {}],
  'shortest completion exact: work_time+size/rate': ['park-earliest-completion', {}],
}

const cases = Object.entries(traces).flatMap(([seed, { policies }]) =>
  Object.keys(policies).map((policy) => [seed, policy] as const),
)

function playing(env: Env, name: string, params: Record<string, unknown>, seed = 0) {
  const agent = createAgent(name, params, { actionSpace: env.actionSpace })
  agent.reset?.(seed)
  let { observation, info } = env.reset({ seed })
  const observations: number[][] = []
  let total = 0
  let steps = 0
  for (;;) {
    if (observations.length < 5) observations.push([...(observation as Float32Array)])
    const step = env.step(agent.act(observation, info))
    steps++
    total += step.reward
    ;({ observation, info } = step)
    expect(step.truncated).toBe(false)
    if (step.terminated) return { total, steps, info, observations, last: observation as Float32Array }
  }
}

describe('Park/LoadBalance-v0', () => {
  test.each(cases)('replays trace %s exactly under %s', (seed, policy) => {
    const { jobs_dt_size: jobs, policies } = traces[seed]!
    const golden = policies[policy]!
    const { total, steps, info, observations, last } = playing(
      make('Park/LoadBalance-v0', { jobs }),
      ...AGENTS[policy]!,
    )
    expect(total).toBe(golden.return)
    expect(steps).toBe(golden.steps)
    expect(info.time).toBe(golden.end_time)
    expect(observations).toEqual(golden.first5_obs)
    expect(info.summary).toEqual({ jobs: 1000, meanResponse: golden.mean_response, end: golden.end_time })
    expect([...last]).toEqual(new Array(11).fill(0))
  })

  test.each(['Park/LoadBalance-v0', 'Park/LoadBalanceUniform-v0'])('%s passes every check', (id) => {
    const report = checkEnv(make(id).unwrapped)
    expect(report.errors).toEqual([])
    expect(report.warnings).toEqual([])
  })

  test('draws jobs of the distributions that it names', () => {
    const firsts = (id: string): number[] => {
      const env = make(id, { numJobs: 1 })
      return Array.from({ length: 4000 }, (_, seed) => env.reset({ seed }).observation as Float32Array).map(
        (observation) => observation[10]!,
      )
    }
    const heavy = firsts('Park/LoadBalance-v0')
    expect(Math.min(...heavy)).toBe(100)
    // P(X > 200) = 2^-1.5 = 0.3536, P(X > 1000) = 10^-1.5 = 0.0316; four standard deviations.
    const above = (values: number[], x: number) => values.filter((v) => v >= x).length / values.length
    expect(Math.abs(above(heavy, 200) - 0.35355)).toBeLessThan(0.0303)
    expect(Math.abs(above(heavy, 1000) - 0.03162)).toBeLessThan(0.0111)
    const uniform = firsts('Park/LoadBalanceUniform-v0')
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(100)
    expect(Math.max(...uniform)).toBeLessThan(1000)
    expect(Math.abs(above(uniform, 550) - 0.5)).toBeLessThan(0.0317)
  })

  test('gives the same jobs for the same seed, and other ones without a seed', () => {
    const env = make('Park/LoadBalance-v0')
    const first = playing(env, 'park-least-work', {}, 4)
    const again = playing(env, 'park-least-work', {}, 4)
    expect(again).toEqual(first)
    const next = env.reset()
    expect(next.info.traceId).not.toBe(first.info.traceId)
  })

  test('adds two and two: jobs that arrive together wait for each other', () => {
    const jobs = [
      [10, 105],
      [0, 210],
      [1000, 105],
    ]
    const env = make('Park/LoadBalance-v0', { jobs })
    expect([...(env.reset().observation as Float32Array)]).toEqual([...new Array(10).fill(0), 105])
    const second = env.step(9)
    // The first job runs for floor(105 / 1.05) = 100.
    expect([...(second.observation as Float32Array)]).toEqual([...new Array(9).fill(0), 100, 210])
    expect(second.reward === 0).toBe(true)
    const third = env.step(9)
    // Both in the system for 100, the second alone for another 200.
    expect(third.reward).toBe(-400)
    expect(third.info.time).toBe(1010)
    expect(env.step(9)).toMatchObject({ reward: -100, terminated: true })
  })

  test('names what is wrong and goes on', () => {
    const env = make('Park/LoadBalance-v0', { numJobs: 3 }).unwrapped
    expect(() => env.step(0)).toThrow(ResetNeededError)
    env.reset({ seed: 1 })
    for (const action of [-1, 10, 1.5, Number.NaN, '3', undefined]) {
      expect(() => env.step(action)).toThrow(InvalidActionError)
    }
    for (let i = 0; i < 3; i++) expect(env.step(9).terminated).toBe(i === 2)
    expect(() => env.step(0)).toThrow(/the episode has ended/)
    env.reset()
    expect(env.step(9).terminated).toBe(false)
    expect(() => make('Park/LoadBalance-v0', { job: [] })).toThrow(/unknown option "job".*"jobs"/)
    expect(() => make('Park/LoadBalance-v0', { jobs: [] })).toThrow(ConfigError)
    expect(() => make('Park/LoadBalance-v0', { jobs: [[1, 0]] })).toThrow(/jobs.0/)
    expect(() => createAgent('park-least-work').act(undefined, {})).toThrow(/Park\/LoadBalance-v0/)
  })
})
