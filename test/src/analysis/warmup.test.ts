import { expect, test } from 'vitest'
import {
  findWarmup,
  inProcessReplications,
  monteCarlo,
  parseScenario,
  type Scenario,
} from '../../../src/index.ts'

/** One core; what varies is how long it takes to settle. */
function queue(rate: number, extra: object = {}): Scenario {
  return parseScenario({
    horizon: 300,
    seed: 5,
    workloads: { users: { to: 'web', arrivals: { poisson: { rate } } } },
    services: { web: { endpoints: { page: [{ cpu: { exponential: { mean: '10ms' } } }] } } },
    ...extra,
  })
}

/** An empty cache of 1000 keys in front of slow work: a minute or so until most of the keys are there. */
const cold = parseScenario({
  horizon: 600,
  seed: 5,
  workloads: {
    users: {
      to: 'web',
      arrivals: { poisson: { rate: 50 } },
      classes: { page: { key: { uniform: { n: 1000 } } } },
    },
  },
  services: { web: { endpoints: { page: [{ io: '1ms' }, { call: 'pages' }] } } },
  caches: {
    pages: { capacity: 1000, hit: '1ms', miss: { query: { to: 'articles', latency: '500ms' } } },
  },
  databases: { articles: { connections: 100 } },
})

test('a cache that fills is cut off, as long as it takes', async () => {
  const { seconds, reliable, share, method } = await findWarmup(cold)
  // Of 1000 keys asked for 50 times a second, exp(-t / 20) are missing after t seconds: 5 % after one minute, 0.03 % after
  // 160 s, and as a miss takes 500 times as long as a hit the last of them can be seen.
  expect(seconds).toBeGreaterThan(40)
  expect(seconds).toBeLessThan(200)
  expect({ method, reliable, share }).toEqual({ method: 'mser-5', reliable: true, share: seconds / 600 })
})

test('of a system that is settled from the start next to nothing is cut', async () => {
  const { seconds, reliable } = await findWarmup(queue(30))
  expect(seconds).toBeLessThanOrEqual(15)
  expect(reliable).toBe(true)
})

test('a queue that grows for ever does not settle, and is said not to', async () => {
  const { seconds, share, reliable } = await findWarmup(queue(120))
  expect(reliable).toBe(false)
  expect(share).toBe(seconds / 300)
  expect(Math.abs(seconds - 150)).toBeLessThan(5)
})

test('what an event does is no warm-up', async () => {
  const events = [{ slow: 'web', factor: 5, at: 100, for: 50 }]
  const { seconds, reliable } = await findWarmup(queue(30, { events }))
  expect(seconds).toBeLessThanOrEqual(15)
  expect(reliable).toBe(true)
  const early = queue(30, { events: [{ slow: 'web', factor: 5, at: 0, for: 50 }] })
  await expect(findWarmup(early)).rejects.toThrow(/an event at the start.*Declare `warmup`/)
})

test('many runs take the same cut, whoever runs them, and say so', async () => {
  const options = { replications: 3, warmup: 'auto' } as const
  const found = await monteCarlo(cold, options)
  expect(found.warmup).toEqual(await findWarmup(cold))
  const declared = await monteCarlo(cold, { replications: 3, warmup: found.warmup.seconds })
  expect(declared.warmup).toEqual({ seconds: found.warmup.seconds, method: 'declared' })
  expect({ ...found, warmup: 0 }).toEqual({ ...declared, warmup: 0 })
  // The mean without a cut holds the misses of the start.
  const uncut = await monteCarlo(cold, { replications: 3 })
  expect(uncut.estimates['latency.mean']!.low).toBeGreaterThan(found.estimates['latency.mean']!.high! * 2)
  let turn = 0
  const slow = {
    workers: 3,
    run: async (job: Parameters<ReturnType<typeof inProcessReplications>['run']>[0]) => {
      await new Promise((resolve) => setTimeout(resolve, (turn++ * 7) % 5))
      return inProcessReplications().run(job)
    },
  }
  expect(await monteCarlo(cold, { ...options, executor: slow })).toEqual(found)
})
