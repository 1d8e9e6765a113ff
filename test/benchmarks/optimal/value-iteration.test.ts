import { describe, expect, test } from 'vitest'
import { ProcessBuilder } from '../../../benchmarks/optimal/decision-process.ts'
import { dispatchProcess, replicasProcess, slowServerProcess } from '../../../benchmarks/optimal/models.ts'
import { evaluatePolicy, solve, solveDiscounted } from '../../../benchmarks/optimal/value-iteration.ts'

/** Mean number in M/M/1/limit at load r. */
function numberInMm1(r: number, limit: number): number {
  let [weight, sum, mean] = [1, 0, 0]
  for (let n = 0; n <= limit; n++) {
    sum += weight
    mean += n * weight
    weight *= r
  }
  return mean / sum
}

describe('value iteration', () => {
  test('gives the mean number in an M/M/1 that loses arrivals', () => {
    const builder = new ProcessBuilder()
    for (let n = 0; n <= 12; n++)
      builder.state(n, [
        [n < 12 ? 0.8 : 0, n + 1],
        [n > 0 ? 1 : 0, n - 1],
      ])
    const { average, low, high } = solve(builder.build(), { tolerance: 1e-10 })
    const exact = numberInMm1(0.8, 12)
    expect(average).toBeCloseTo(exact, 9)
    expect(low).toBeLessThanOrEqual(exact + 1e-12)
    expect(high).toBeGreaterThanOrEqual(exact - 1e-12)
  })

  test('gives two separate queues under a fixed assignment to one of them', () => {
    const { process } = dispatchProcess({ kind: 'dispatch', lambda: 0.6, mu1: 1, mu2: 0.5 }, 60)
    const { average } = evaluatePolicy(process, new Int32Array(process.decisions), { tolerance: 1e-9 })
    expect(average).toBeCloseTo(0.6 / 0.4, 6)
  })

  test('takes the sooner reward under a strong discount and the better average without', () => {
    // Decision at the only event of state 0: stay at cost 1 for ever, or pay 10 for a while and then nothing for long.
    const builder = new ProcessBuilder()
    builder.decision([0, 1])
    builder.state(1, [[1, 3]])
    builder.state(5, [[1, 2]])
    builder.state(0, [[0.1, 3]])
    const process = builder.build()
    const { average, policy } = solve(process, { tolerance: 1e-9 })
    expect([...policy]).toEqual([1])
    // A cycle of 1 at cost 5 and 10 at cost 0.
    expect(average).toBeCloseTo(5 / 11, 8)
    expect([...solveDiscounted(process, { perTime: 1 })]).toEqual([0])
    expect([...solveDiscounted(process, { perTime: 0.01 })]).toEqual([1])
    // By decisions the detour costs 5 and the other way 1, however little is discounted.
    expect([...solveDiscounted(process, { perDecision: 0.99 })]).toEqual([0])
  })

  test('refuses a policy table with an action that there is not, and tells that it did not converge', () => {
    const { process } = slowServerProcess({ kind: 'slow-server', lambda: 0.8, mu1: 1, mu2: 0.1 }, 20)
    expect(() => evaluatePolicy(process, new Int32Array(process.decisions).fill(2))).toThrow(/no action 2/)
    expect(() => evaluatePolicy(process, new Int32Array(1))).toThrow(/no action undefined/)
    expect(() => solve(process, { maxSweeps: 5 })).toThrow(/did not close its bounds in 5 sweeps/)
    expect(() => solveDiscounted(process, { perDecision: 0.9 }, { maxSweeps: 5 })).toThrow(/in 5 sweeps/)
  })
})

describe('the slow server', () => {
  test.each([
    [0.9, 0.2, 3.455326, 3, 3.5516],
    [0.8, 0.1, 3.08696, 5, 3.3548],
  ])(
    'at arrival rate %d and slow rate %d has the known optimum and threshold',
    (lambda, mu2, optimum, threshold, greedy) => {
      const { process, points } = slowServerProcess({ kind: 'slow-server', lambda, mu1: 1, mu2 })
      const { average, policy } = solve(process)
      expect(average).toBeCloseTo(optimum, 6)
      const below = points.map((n) => (n < threshold ? 0 : 1))
      expect([...policy.subarray(0, 60)]).toEqual(below.slice(0, 60))
      expect(evaluatePolicy(process, policy).average).toBeCloseTo(optimum, 6)
      expect(
        evaluatePolicy(
          process,
          policy.map(() => 1),
        ).average,
      ).toBeCloseTo(greedy, 4)
    },
  )

  test('needs a weak discount, and one by time', () => {
    const { process } = slowServerProcess({ kind: 'slow-server', lambda: 0.8, mu1: 1, mu2: 0.1 })
    // 1.6 events per unit of time, of which each counts as much as a factor of .95 or .9.
    expect(solveDiscounted(process, { perTime: 1.6 * 0.05 }).indexOf(1) + 2).toBe(5)
    expect(solveDiscounted(process, { perTime: 1.6 * 0.1 }).indexOf(1) + 2).toBe(4)
    // A busy slow server delays the next decision: by decisions it is never worth it.
    expect(solveDiscounted(process, { perDecision: 0.99 }).indexOf(1)).toBe(-1)
  })
})

describe('dispatch to two servers', () => {
  const model = { kind: 'dispatch', lambda: 1.05, mu1: 1, mu2: 0.5 } as const
  // At this load queues of 60 are as good as endless: the cost of .7^60.
  const { process, points } = dispatchProcess(model, 60)
  const rule = (choose: (a: number, b: number) => number) =>
    evaluatePolicy(
      process,
      Int32Array.from(points, ([a, b]) => choose(a, b)),
      { tolerance: 1e-6 },
    ).average

  test('has the known optimum', () => {
    const { average, policy } = solve(process, { tolerance: 1e-6 })
    expect(average).toBeCloseTo(2.87795, 5)
    expect(evaluatePolicy(process, policy, { tolerance: 1e-6 }).average).toBeCloseTo(average, 5)
  })

  test('has the known costs of heuristics', () => {
    // Join the shortest queue, ties to the fast server; shortest expected delay; the same with a smaller offset.
    expect(rule((a, b) => (a <= b ? 0 : 1))).toBeCloseTo(2.94682, 5)
    expect(rule((a, b) => (a + 1 <= (b + 1) / 0.5 ? 0 : 1))).toBeCloseTo(3.02926, 4)
    expect(rule((a, b) => (a + 0.5 <= (b + 0.5) / 0.5 ? 0 : 1)) / 2.87795 - 1).toBeLessThan(5e-5)
  })

  test('between equal servers joins the shortest queue', () => {
    const equal = dispatchProcess({ kind: 'dispatch', lambda: 1.2, mu1: 1, mu2: 1 }, 40)
    const { policy } = solve(equal.process, { tolerance: 1e-6 })
    for (const [d, [a, b]] of equal.points.entries()) {
      if (a + b < 40 && a !== b) expect(policy[d]).toBe(a < b ? 0 : 1)
    }
  })
})

describe('replicas', () => {
  const model = {
    kind: 'replicas',
    ...{ lambda1: 2, lambda2: 6, switch1: 0.02, switch2: 0.05, mu: 1, setup: 0.1, max: 10 },
    ...{ holdingCost: 1, replicaCost: 1 },
  } as const

  test('have the known optimum, cut off at 60 jobs', () => {
    const { average } = solve(replicasProcess({ ...model, anyTarget: false }, 60).process, {
      tolerance: 5e-5,
    })
    expect(average).toBeCloseTo(9.4196, 4)
  })

  test('have the known costs of fixed targets', () => {
    const { process, points } = replicasProcess({ ...model, anyTarget: true }, 60)
    const rule = (target: (phase: number) => number) =>
      evaluatePolicy(
        process,
        Int32Array.from(points, ({ phase }) => target(phase)),
        { tolerance: 1e-4 },
      ).average
    expect(rule(() => 7)).toBeCloseTo(10.896, 3)
    expect(rule((phase) => (phase === 0 ? 4 : 10))).toBeCloseTo(9.782, 3)
  })
})
