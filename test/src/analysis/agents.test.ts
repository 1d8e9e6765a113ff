import { describe, expect, it } from 'vitest'
import {
  holm,
  iqm,
  mean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  quantile,
  type Scores,
  stratifiedBootstrap,
  twoLevelBootstrap,
} from '../../../src/analysis/index.ts'
import { Stream } from '../../../src/random/stream.ts'
import { readFixture } from './read-fixture.ts'

const rliable = readFixture('rliable.json')
const A = rliable.A as Scores
const B = rliable.B as Scores

describe('aggregates over runs and tasks', () => {
  it('are the published figures', () => {
    expect(iqm(A.flat())).toBeCloseTo(rliable.iqm_A, 12)
    expect(mean(A.flat())).toBeCloseTo(rliable.mean_A, 12)
    const perTask = A[0]!.map((_, task) => mean(A.map((row) => row[task]!)))
    expect(quantile(perTask, 0.5)).toBeCloseTo(rliable.median_A, 12)
    expect(optimalityGap(A)).toBeCloseTo(rliable.og_A, 12)
    expect(probabilityOfImprovement(A, B)).toBeCloseTo(rliable.poi_A_B, 12)
    expect(performanceProfile(A, rliable.profile_A_tau)).toEqual(rliable.run_score_dist_A)
    expect(performanceProfile(A, [99])).toEqual([0])
  })

  it('agree with SciPy on the mean trimmed by a quarter', () => {
    const scipy = readFixture('scipy.json')
    expect(iqm(scipy.sample.a)).toBeCloseTo(scipy.sample.iqm, 12)
  })

  it('have the stratified bootstrap interval, within the noise of resampling', () => {
    const interval = stratifiedBootstrap(A, (scores) => iqm(scores.flat()), {
      draws: Stream.derive(3, 'bootstrap'),
      resamples: 4000,
    })
    expect(interval.estimate).toBeCloseTo(rliable.iqm_A, 12)
    expect(Math.abs(interval.low - rliable.iqm_ci_A_20000reps[0])).toBeLessThan(0.01)
    expect(Math.abs(interval.high - rliable.iqm_ci_A_20000reps[1])).toBeLessThan(0.01)
  })

  it('count ties half', () => {
    expect(probabilityOfImprovement([[1], [2]], [[1], [2]])).toBe(0.5)
    expect(probabilityOfImprovement([[3]], [[1], [2], [3]])).toBeCloseTo(5 / 6, 12)
  })
})

describe('the adjustment of Holm', () => {
  it('keeps the order of the arguments and never falls', () => {
    const found = holm([0.01, 0.04, 0.03, 0.005, 0.6])
    ;[0.04, 0.09, 0.09, 0.025, 0.6].forEach((p, i) => {
      expect(found[i]).toBeCloseTo(p, 12)
    })
    expect(holm([])).toEqual([])
  })
})

describe('the two-level bootstrap', () => {
  const options = (resamples = 4000) => ({ draws: Stream.derive(5, 'two-level'), resamples })
  const noise = Stream.derive(9, 'noise')
  const uniform = (spread: number): number => spread * (noise.next() - 0.5)

  it('is wide when training runs differ, however many the episodes', () => {
    const runs = [0, 1, 2, 3].map((level) => Array.from({ length: 200 }, () => level + uniform(0.1)))
    const interval = twoLevelBootstrap([runs], ([m]) => m!, options())
    // Four equally likely levels 0 ... 3: the mean of four draws has standard deviation sqrt(1.25 / 4).
    expect(interval.high - interval.low).toBeGreaterThan(1.7)
    expect(interval.high - interval.low).toBeLessThan(2.6)
  })

  it('keeps two agents paired on their episodes', () => {
    const hard = Array.from({ length: 50 }, () => uniform(100))
    const better = [hard.map((cost) => cost - 1 + uniform(0.2))]
    const difference = twoLevelBootstrap([better, [hard]], ([x, y]) => x! - y!, options())
    const alone = twoLevelBootstrap([better], ([x]) => x!, options())
    expect(difference.high).toBeLessThan(-0.9)
    expect(difference.low).toBeGreaterThan(-1.1)
    expect(alone.high - alone.low).toBeGreaterThan(10)
  })

  it('covers the mean about as often as it says', () => {
    let covered = 0
    const trials = 200
    for (let t = 0; t < trials; t++) {
      const effects = Array.from({ length: 12 }, () => uniform(1))
      const shared = Array.from({ length: 40 }, () => uniform(1))
      const runs = effects.map((effect) => shared.map((episode) => effect + episode + uniform(1)))
      const { low, high } = twoLevelBootstrap([runs], ([m]) => m!, {
        draws: Stream.derive(t, 'coverage'),
        resamples: 200,
      })
      if (low <= 0 && 0 <= high) covered++
    }
    expect(covered / trials).toBeGreaterThan(0.87)
    expect(covered / trials).toBeLessThan(0.99)
  })
})
