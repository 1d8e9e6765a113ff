import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { compileDistribution } from '../../../src/random/compile-distribution.ts'
import { logGamma } from '../../../src/random/log-gamma.ts'
import { normalQuantile } from '../../../src/random/normal-quantile.ts'
import { normalCdf, normalTail } from '../../../src/random/normal-tail.ts'
import { Stream } from '../../../src/random/stream.ts'
import type { Distribution } from '../../../src/scenario/types.ts'

const N = 100000
const label = (d: Distribution): string => JSON.stringify(d)

function draw(d: Distribution, n = N): Float64Array {
  const sampler = compileDistribution(d)
  const stream = Stream.derive(11, label(d))
  return Float64Array.from({ length: n }, () => sampler.sample(stream))
}

/** Mean and standard deviation of the values, and of their squared deviations. */
function moments(values: Float64Array): { mean: number; deviation: number; ofSquares: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const m2 = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length
  const m4 = values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / values.length
  return { mean, deviation: Math.sqrt(m2), ofSquares: Math.sqrt(Math.max(0, m4 - m2 * m2)) }
}

/** [distribution, mean, cv] by the textbook. */
const expected: [Distribution, number, number][] = [
  [{ kind: 'exponential', mean: 0.02 }, 0.02, 1],
  [{ kind: 'uniform', low: 1, high: 4 }, 2.5, 3 / Math.sqrt(12) / 2.5],
  [{ kind: 'normal', mean: 5, cv: 0.02 }, 5, 0.02],
  [{ kind: 'normal', mean: 5, cv: 0.3 }, 5, 0.3],
  [{ kind: 'normal', mean: 5, cv: 0.7 }, 5, 0.7],
  [{ kind: 'normal', mean: 5, cv: 0.95 }, 5, 0.95],
  [{ kind: 'normal', mean: 5, cv: 0.9995 }, 5, 0.9995],
  [{ kind: 'normal', mean: 5, cv: 0.9999999 }, 5, 0.9999999],
  [{ kind: 'lognormal', mean: 0.02, cv: 0.5 }, 0.02, 0.5],
  [{ kind: 'lognormal', mean: 0.02, cv: 1.5 }, 0.02, 1.5],
  [{ kind: 'gamma', mean: 3, cv: 0.4 }, 3, 0.4],
  [{ kind: 'gamma', mean: 3, cv: 1 }, 3, 1],
  [{ kind: 'gamma', mean: 3, cv: 2 }, 3, 2],
  [{ kind: 'erlang', k: 1, mean: 2 }, 2, 1],
  [{ kind: 'erlang', k: 4, mean: 2 }, 2, 0.5],
  [{ kind: 'erlang', k: 100, mean: 2 }, 2, 0.1],
  [{ kind: 'weibull', mean: 2, cv: 0.005 }, 2, 0.005],
  [{ kind: 'weibull', mean: 2, cv: 0.3 }, 2, 0.3],
  [{ kind: 'weibull', mean: 2, cv: 1 }, 2, 1],
  [{ kind: 'weibull', mean: 2, cv: 2 }, 2, 2],
  [{ kind: 'pareto', mean: 1, shape: 9 }, 1, 1 / Math.sqrt(63)],
  [{ kind: 'hyperexponential', mean: 2, cv: 1 }, 2, 1],
  [{ kind: 'hyperexponential', mean: 2, cv: 3 }, 2, 3],
  [{ kind: 'poisson', mean: 0.3 }, 0.3, 1 / Math.sqrt(0.3)],
  [{ kind: 'poisson', mean: 9.5 }, 9.5, 1 / Math.sqrt(9.5)],
  [{ kind: 'poisson', mean: 10 }, 10, 1 / Math.sqrt(10)],
  [{ kind: 'poisson', mean: 1000 }, 1000, 1 / Math.sqrt(1000)],
  [{ kind: 'empirical', values: [1, 2, 3, 6] }, 3, Math.sqrt(3.5) / 3],
  [
    {
      kind: 'empiricalQuantiles',
      quantiles: [
        [0, 0],
        [0.5, 1],
        [1, 3],
      ],
    },
    1.25,
    Math.sqrt(0.5 / 3 + (0.5 * 13) / 3 - 1.25 ** 2) / 1.25,
  ],
  // Standard normal clipped at 0: mean phi(0), second moment 1/2.
  [
    { kind: 'clippedNormal', mu: 0, sigma: 1 },
    0.3989422804,
    Math.sqrt(0.5 - 0.3989422804 ** 2) / 0.3989422804,
  ],
]

describe.each(expected.map(([d, mean, cv]) => ({ name: label(d), d, mean, cv })))(
  '$name',
  ({ d, mean, cv }) => {
    const sampler = compileDistribution(d)

    test('states its mean and cv', () => {
      expect(sampler.mean).toBeCloseTo(mean, 8)
      expect(sampler.cv).toBeCloseTo(cv, 7)
      expect(sampler.constant).toBe(false)
    })

    test('draws values of at least 0 with that mean and cv', () => {
      const values = draw(d)
      expect(values.every((x) => x >= 0 && Number.isFinite(x))).toBe(true)
      const { mean: drawn, deviation, ofSquares } = moments(values)
      expect(Math.abs(drawn - mean)).toBeLessThan((4 * deviation) / Math.sqrt(N))
      expect(Math.abs(deviation ** 2 - (cv * mean) ** 2)).toBeLessThan((4.5 * ofSquares) / Math.sqrt(N))
    })

    test('draws the same values again', () => {
      expect(draw(d, 100)).toEqual(draw(d, 100))
    })
  },
)

const weibullScale = 2 / 0.886226925452758
const continuous: [Distribution, (x: number) => number][] = [
  [{ kind: 'exponential', mean: 2 }, (x) => 1 - Math.exp(-x / 2)],
  [{ kind: 'uniform', low: 1, high: 4 }, (x) => (x - 1) / 3],
  [{ kind: 'lognormal', mean: Math.exp(0.5), cv: Math.sqrt(Math.E - 1) }, (x) => normalCdf(Math.log(x))],
  // A half normal: mu = 0, so that the cv is sqrt(pi/2 - 1).
  [
    { kind: 'normal', mean: Math.sqrt(2 / Math.PI), cv: Math.sqrt(Math.PI / 2 - 1) },
    (x) => 2 * normalCdf(x) - 1,
  ],
  // Nearly exponential.
  [{ kind: 'normal', mean: 1, cv: 0.9999999 }, (x) => 1 - Math.exp(-x)],
  [{ kind: 'gamma', mean: 1, cv: Math.SQRT2 }, (x) => 2 * normalCdf(Math.sqrt(x)) - 1],
  [{ kind: 'gamma', mean: 2, cv: Math.SQRT1_2 }, (x) => 1 - Math.exp(-x) * (1 + x)],
  [{ kind: 'erlang', k: 3, mean: 3 }, (x) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2)],
  // Shape 2, whose cv is sqrt(4/pi - 1).
  [
    { kind: 'weibull', mean: 2, cv: Math.sqrt(4 / Math.PI - 1) },
    (x) => 1 - Math.exp(-((x / weibullScale) ** 2)),
  ],
  [{ kind: 'pareto', mean: 3, shape: 1.5 }, (x) => 1 - x ** -1.5],
  [
    { kind: 'hyperexponential', mean: 1, cv: Math.sqrt(2) },
    (x) => {
      const p = 0.5 * (1 + Math.sqrt(1 / 3))
      return 1 - p * Math.exp(-2 * p * x) - (1 - p) * Math.exp(-2 * (1 - p) * x)
    },
  ],
]

test.each(continuous.map(([d, cdf]) => ({ name: label(d), d, cdf })))(
  '$name keeps the Kolmogorov-Smirnov distance to its distribution function',
  ({ d, cdf }) => {
    const values = draw(d, 20000).sort()
    let distance = 0
    values.forEach((x, i) => {
      const p = cdf(x)
      distance = Math.max(distance, p - i / values.length, (i + 1) / values.length - p)
    })
    // The 1e-4 point of the Kolmogorov distribution.
    expect(distance * Math.sqrt(values.length)).toBeLessThan(2.23)
  },
)

test.each([0.5, 4, 9.9, 10, 25, 150])('Poisson(%d) has the probabilities of a Poisson', (mean) => {
  const counts = new Map<number, number>()
  for (const k of draw({ kind: 'poisson', mean })) counts.set(k, (counts.get(k) ?? 0) + 1)
  let chi = 0
  let cells = 0
  let rest = N
  let expectedRest = N
  for (let k = 0; k < 4 * mean + 20; k++) {
    const probability = Math.exp(k * Math.log(mean) - mean - logGamma(k + 1))
    if (probability * N < 20) continue
    const count = counts.get(k) ?? 0
    chi += (count - probability * N) ** 2 / (probability * N)
    rest -= count
    expectedRest -= probability * N
    cells++
  }
  if (expectedRest > 5) chi += (rest - expectedRest) ** 2 / expectedRest
  expect(chi).toBeLessThan(cells + 4.5 * Math.sqrt(2 * cells) + 8)
})

describe('special parameters', () => {
  const constants: [Distribution, number][] = [
    [{ kind: 'constant', value: 0 }, 0],
    [{ kind: 'constant', value: 0.25 }, 0.25],
    [{ kind: 'uniform', low: 2, high: 2 }, 2],
    [{ kind: 'lognormal', mean: 3, cv: 0 }, 3],
    [{ kind: 'normal', mean: 3, cv: 0 }, 3],
    [{ kind: 'gamma', mean: 3, cv: 0 }, 3],
    [{ kind: 'weibull', mean: 3, cv: 0 }, 3],
    [{ kind: 'clippedNormal', mu: -3, sigma: 0 }, 0],
    [{ kind: 'poisson', mean: 0 }, 0],
    [{ kind: 'empirical', values: [5, 5] }, 5],
    [{ kind: 'empiricalQuantiles', quantiles: [[0.5, 5]] }, 5],
  ]
  test.each(constants.map(([d, value]) => ({ name: label(d), d, value })))(
    '$name is a constant',
    ({ d, value }) => {
      const sampler = compileDistribution(d)
      const never = {
        next: (): number => {
          throw new Error('drew a number')
        },
      }
      expect([sampler.mean, sampler.cv, sampler.constant, sampler.sample(never)]).toEqual([
        value,
        0,
        true,
        value,
      ])
    },
  )

  test('a Pareto of shape 2 or less has an infinite cv', () => {
    expect(compileDistribution({ kind: 'pareto', mean: 1, shape: 2 }).cv).toBe(Number.POSITIVE_INFINITY)
  })

  test('the ends of the unit interval give finite values', () => {
    for (const [d] of expected) {
      const sampler = compileDistribution(d)
      const stream = Stream.derive(1, 'end')
      for (const end of [0, 2 ** -53, 1 - 2 ** -53]) {
        let first = true
        const value = sampler.sample({
          next: () => {
            if (!first) return stream.next()
            first = false
            return end
          },
        })
        if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
          expect.fail(`${label(d)} gave ${value} for ${end}`)
      }
    }
  })

  test('one uniform number, or one value by inversion, rises with the value', () => {
    for (const kind of ['normal', 'lognormal', 'weibull'] as const) {
      const sampler = compileDistribution({ kind, mean: 2, cv: 0.6 })
      const values = [0.01, 0.2, 0.5, 0.8, 0.99].map((u) => sampler.sample({ next: () => u }))
      expect(values).toEqual([...values].sort((a, b) => a - b))
    }
  })
})

const invalid: [Distribution, string][] = [
  [{ kind: 'constant', value: -1 }, 'x'],
  [{ kind: 'constant', value: Number.NaN }, 'x'],
  [{ kind: 'exponential', mean: 0 }, 'x.exponential.mean'],
  [{ kind: 'uniform', low: 2, high: 1 }, 'x.uniform.high'],
  [{ kind: 'uniform', low: -1, high: 1 }, 'x.uniform.low'],
  [{ kind: 'normal', mean: 1, cv: 1 }, 'x.normal.cv'],
  [{ kind: 'clippedNormal', mu: Number.NaN, sigma: 1 }, 'x.clippedNormal.mu'],
  [{ kind: 'lognormal', mean: 1, cv: -1 }, 'x.lognormal.cv'],
  [{ kind: 'gamma', mean: Number.POSITIVE_INFINITY, cv: 1 }, 'x.gamma.mean'],
  [{ kind: 'erlang', k: 1.5, mean: 1 }, 'x.erlang.k'],
  [{ kind: 'weibull', mean: 1, cv: 1e300 }, 'x.weibull.cv'],
  [{ kind: 'pareto', mean: 1, shape: 1 }, 'x.pareto.shape'],
  [{ kind: 'hyperexponential', mean: 1, cv: 0.9 }, 'x.hyperexponential.cv'],
  [{ kind: 'poisson', mean: -1 }, 'x.poisson.mean'],
  [{ kind: 'empirical', values: [] }, 'x.empirical.values'],
  [{ kind: 'empirical', values: [1, -1] }, 'x.empirical.values[1]'],
  [
    {
      kind: 'empiricalQuantiles',
      quantiles: [
        [0.5, 1],
        [0.5, 2],
      ],
    },
    'x.empirical.quantiles[1][0]',
  ],
  [
    {
      kind: 'empiricalQuantiles',
      quantiles: [
        [0.5, 2],
        [0.7, 1],
      ],
    },
    'x.empirical.quantiles[1][1]',
  ],
]

test.each(invalid.map(([d, path]) => ({ name: label(d), d, path })))(
  '$name is refused at $path',
  ({ d, path }) => {
    let thrown: unknown
    try {
      compileDistribution(d, 'x')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ConfigError)
    expect((thrown as ConfigError).problems.map((problem) => problem.path)).toEqual([path])
  },
)

describe('the normal distribution', () => {
  test('has these published tail probabilities', () => {
    expect(normalTail(0)).toBe(0.5)
    expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 15)
    expect(normalTail(3) / 1.3498980316300946e-3).toBeCloseTo(1, 12)
    expect(normalTail(6) / 9.865876450376946e-10).toBeCloseTo(1, 12)
    expect(normalTail(20) / 2.7536241186062337e-89).toBeCloseTo(1, 12)
  })

  test('has a quantile that inverts it, in the tails too', () => {
    for (const z of [0.001, 0.3, 1, 1.4, 1.5, 2.9, 3, 5, 8, 15, 30, 37]) {
      expect(-normalQuantile(normalTail(z)) / z).toBeCloseTo(1, 11)
      expect(normalQuantile(normalTail(z)) / -z).toBeCloseTo(1, 11)
    }
    expect(normalQuantile(0.5)).toBe(0)
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
  })
})

test('logGamma gives the logarithms of factorials and of sqrt(pi)', () => {
  let factorial = 1
  for (let n = 1; n < 30; n++) {
    expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 12)
    factorial *= n
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14)
})
