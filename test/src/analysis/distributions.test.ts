import { describe, expect, it } from 'vitest'
import { incompleteBeta } from '../../../src/analysis/incomplete-beta.ts'
import { studentCdf, studentQuantile } from '../../../src/analysis/index.ts'
import { readFixture } from './read-fixture.ts'

type Triple = [number, number, number]
const scipy = readFixture('scipy.json')

describe('Student t', () => {
  it('has the distribution function of SciPy', () => {
    for (const [t, degrees, p] of scipy.studentCdf as Triple[]) {
      expect(Math.abs(studentCdf(t, degrees) / p - 1), `P(T <= ${t}), ${degrees}`).toBeLessThan(1e-11)
    }
  })

  it('has the quantiles of SciPy', () => {
    for (const [p, degrees, t] of scipy.studentQuantile as Triple[]) {
      const error = Math.abs(studentQuantile(p, degrees) - t) / Math.max(1, Math.abs(t))
      expect(error, `${p}, ${degrees}`).toBeLessThan(1e-10)
    }
  })

  it('is unbounded at 0 and 1 and undefined outside', () => {
    expect(studentQuantile(0, 3)).toBe(Number.NEGATIVE_INFINITY)
    expect(studentQuantile(1, 3)).toBe(Number.POSITIVE_INFINITY)
    expect(studentQuantile(1.1, 3)).toBeNaN()
    expect(studentQuantile(0.9, 0)).toBeNaN()
    expect(studentCdf(Number.POSITIVE_INFINITY, 2)).toBe(1)
  })
})

describe('the incomplete beta function', () => {
  it('agrees with SciPy', () => {
    for (const [x, a, b, p] of scipy.incompleteBeta as [number, number, number, number][]) {
      expect(Math.abs(incompleteBeta(x, a, b) - p), `I_${x}(${a}, ${b})`).toBeLessThan(1e-12)
    }
  })
})
