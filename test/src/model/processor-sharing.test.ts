import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseScenario } from '../../../src/scenario/index.ts'
import { Simulation } from '../../../src/simulation/index.ts'

type Job = { readonly at: number; readonly demand: number }
type Slow = { readonly at: number; readonly until: number; readonly factor: number }

/** Ends of the jobs of a fluid that flows at speed x min(1, cores / n) to each: from event to event, all jobs at once. */
function fluid(jobs: readonly Job[], cores: number, slow: readonly Slow[]): number[] {
  const left = jobs.map(({ demand }) => demand)
  const ends = jobs.map(() => Number.NaN)
  const edges = slow.flatMap(({ at, until }) => [at, until])
  let now = 0
  for (;;) {
    const present = jobs.flatMap(({ at }, i) => (at <= now && Number.isNaN(ends[i]) ? [i] : []))
    const factor = slow.reduce(
      (product, { at, until, factor }) => (at <= now && now < until ? product * factor : product),
      1,
    )
    const rate = Math.min(1, cores / present.length) / factor
    const done = Math.min(...present.map((i) => left[i]! / rate), Number.POSITIVE_INFINITY)
    const change = Math.min(
      ...[...jobs.map(({ at }) => at), ...edges].filter((time) => time > now),
      Number.POSITIVE_INFINITY,
    )
    const next = Math.min(now + done, change)
    if (next === Number.POSITIVE_INFINITY) return ends
    for (const i of present) {
      left[i] = left[i]! - (next - now) * rate
      if (left[i]! <= 1e-9) ends[i] = next
    }
    now = next
  }
}

test('processor sharing is the fluid that it stands for, also when speeds change', () => {
  const job = fc.record({ at: fc.integer({ min: 0, max: 400 }), demand: fc.integer({ min: 1, max: 60 }) })
  const slow = fc.record({
    at: fc.integer({ min: 0, max: 300 }),
    length: fc.integer({ min: 1, max: 200 }),
    factor: fc.integer({ min: 2, max: 4 }),
  })
  fc.assert(
    fc.property(
      fc.array(job, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(slow, { maxLength: 3 }),
      (list, cores, slows) => {
        const jobs = list
          .map(({ at, demand }): Job => ({ at: at / 16, demand: demand / 16 }))
          .sort((a, b) => a.at - b.at)
        const events = slows.map(
          ({ at, length, factor }): Slow => ({ at: at / 16, until: (at + length) / 16, factor }),
        )
        const ends: number[] = []
        const simulation = new Simulation(
          parseScenario({
            name: 'Fluid',
            horizon: 30,
            workloads: { w: { to: 'web', arrivals: { trace: { times: jobs.map(({ at }) => at) } } } },
            services: {
              web: { cores, discipline: 'ps', endpoints: { e: [{ cpu: { exponential: { mean: 1 } } }] } },
            },
            events: events.map(({ at, until, factor }) => ({ slow: 'web', factor, at, for: until - at })),
          }),
          {
            drain: true,
            onRequest: ({ number, end }) => {
              ends[number] = end
            },
            draws: (_, counter) => ({
              sample: (_site, request) => jobs[request]!.demand,
              uniform: (site, request, path, ordinal) => counter.uniform(site, request, path, ordinal),
            }),
          },
        )
        simulation.run()
        expect(ends).toEqual(fluid(jobs, cores, events).map((end) => expect.closeTo(end, 6)))
      },
    ),
    { numRuns: 200, seed: 1 },
  )
})
