import { describe, expect, test } from 'vitest'
import { CounterDraws, type DrawSite, RecordedDraws } from '../../../src/random/index.ts'

const sites: DrawSite[] = [
  { name: 'web.cpu', distribution: { kind: 'exponential', mean: 2 } },
  { name: 'web.io', distribution: { kind: 'constant', value: 0.5 } },
  { name: 'class' },
]
const counter = new CounterDraws(1, sites)
const make = (): RecordedDraws =>
  new RecordedDraws(
    sites,
    counter,
    new Map([
      ['web.cpu', new Map([[3, 0.25]])],
      ['class', new Map([[3, 0.75]])],
      ['elsewhere', new Map([[3, 1]])],
    ]),
  )

describe('RecordedDraws', () => {
  test('gives what was recorded for a site and a request, whatever the attempt', () => {
    const draws = make()
    expect(draws.sample(0, 3, 0, 0)).toBe(0.25)
    expect(draws.sample(0, 3, 7, 2)).toBe(0.25)
    expect(draws.uniform(2, 3, 0, 0)).toBe(0.75)
    expect(draws.missing).toBe(0)
  })

  test('takes what was not recorded from the fallback and counts it', () => {
    const draws = make()
    expect(draws.sample(0, 4, 1, 2)).toBe(counter.sample(0, 4, 1, 2))
    expect(draws.uniform(2, 0, 1, 0)).toBe(counter.uniform(2, 0, 1, 0))
    expect(draws.missing).toBe(2)
  })

  test('does not miss a constant', () => {
    const draws = make()
    expect(draws.sample(1, 3, 0, 0)).toBe(0.5)
    expect(draws.missing).toBe(0)
  })
})
