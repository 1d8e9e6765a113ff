/**
 * M/G/c/c by sockets: c sockets, no backlog, and what finds none is refused. The share refused is Erlang's B, whatever
 * the distribution of the holding times with that mean (Sevastyanov 1957).
 */
import { describe, test } from 'vitest'
import { expectMean, replicate } from '../support/replications.ts'

function erlangB(servers: number, load: number): number {
  let blocking = 1
  for (let k = 1; k <= servers; k++) blocking = (load * blocking) / (k + load * blocking)
  return blocking
}

const exact = erlangB(5, 4)

describe.each([
  ['deterministic', 1, 1],
  ['exponential', { exponential: { mean: 1 } }, 2],
  ['hyperexponential', { hyperexponential: { mean: 1, cv: 2 } }, 4],
] as const)('five sockets held for %s times at a load of 4', (_, io, factor) => {
  test('are refused with probability B(5, 4)', () => {
    const seen = replicate(
      {
        name: 'Erlang B',
        horizon: 2500 * factor,
        warmup: 50,
        workloads: { c: { to: 'web', arrivals: { poisson: { rate: 4 } } } },
        services: {
          web: { sockets: { max: 5, backlog: 0, onFull: 'refuse' }, endpoints: { e: [{ io }] } },
        },
      },
      40,
      ({ measured }) => ({ blocking: measured.errors / measured.ended }),
    )
    expectMean(seen.blocking, exact)
  })
})
