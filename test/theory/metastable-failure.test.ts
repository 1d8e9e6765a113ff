/**
 * What a server can do about a metastable failure (Bronson et al., HotOS 2021): the goodput two minutes after a burst, of
 * ten cores of 10/s each at 70/s with up to four attempts and a timeout of 1 s, by what the server does.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadScenario, simulate } from '../../src/index.ts'

const text = readFileSync(new URL('../../scenarios/metastable-failure.yml', import.meta.url), 'utf8')
const GUARD = 'overload:\n      queueLimit: 50'

function goodput(guard: string, seed: number): number {
  expect(text).toContain(GUARD)
  const scenario = loadScenario(text.replace(GUARD, guard))
  return simulate({ ...scenario, warmup: 200 }, { seed, series: false }).throughput
}

describe.each([1, 2, 3])('at 200-300 s, after a burst at 60-80 s (seed %i)', (seed) => {
  test('a server that works in order and for all answers nobody in time', () => {
    expect(goodput('cancel: never', seed)).toBeLessThan(1)
  })

  test.each([
    ['a queue of 50', GUARD],
    ['the newest first', 'overload:\n      queue: lifo'],
    ['the newest first while there is a backlog', 'overload:\n      queue: adaptive-lifo'],
    ['the newest first, without those that expired', 'overload:\n      queue: lifo\n      shed: deadline'],
    ['a limit of 60 in flight', 'overload:\n      concurrencyLimit: 60'],
    ['a limit that is learnt (Gradient2)', 'overload:\n      concurrencyLimit: { gradient: {} }'],
    ['CoDel', 'overload:\n      shed: codel'],
    ['CoDel as at Facebook', 'overload:\n      shed: controlledDelay'],
    ['stopping at once when a client gives up', 'cancel: immediate'],
  ])('%s answers all', (_, guard) => {
    const rate = goodput(guard, seed)
    expect(rate).toBeGreaterThan(67)
    expect(rate).toBeLessThan(73)
  })

  test.each([
    ['answered', 'overload:\n      shed: deadline'],
    ['cancelled', 'cancel: dequeue'],
  ])('dropping what has expired alone helps little: it works on what is about to expire (%s)', (_, guard) => {
    const rate = goodput(guard, seed)
    expect(rate).toBeGreaterThan(4)
    expect(rate).toBeLessThan(8)
  })
})
