/**
 * Policies over n equal M/M/1 servers with one dispatcher that knows exact numbers. Round robin has an exact value:
 * each server is an E_n/M/1 (see splits.test.ts). For the others there is none; the values compared with come from an
 * independent simulation and carry its 95 % interval. Supermarket model: M. Mitzenmacher, IEEE TPDS 12 (2001); join
 * idle queue: Y. Lu et al., Performance Evaluation 68 (2011).
 */
import { describe, expect, test } from 'vitest'
import { meanInterval, studentQuantile } from '../../src/analysis/index.ts'
import type { PolicyInput } from '../../src/scenario/schema/policy.ts'
import type { ReplicaGroupInput } from '../../src/scenario/schema/service.ts'
import {
  controlled,
  exponentialWork,
  MAX_Z,
  network,
  replicate,
  serviceOf,
  workDone,
} from '../support/replications.ts'

const REPLICATIONS = 20
/** Half-widths of the reference are those of six replications. */
const REFERENCE_T = studentQuantile(0.975, 5)

type Seen = { response: number[]; p99: number[] }

function run(
  policy: PolicyInput,
  n: number,
  rho: number,
  requests: number,
  replicas?: ReplicaGroupInput[],
): Seen {
  const rate = n * rho
  const { response, p99, work } = replicate(
    network(
      { poisson: { rate } },
      requests / rate,
      'edge',
      {
        web: { replicas: replicas ?? n, endpoints: exponentialWork(1) },
      },
      { balancers: { edge: { policy, to: 'web' } }, warmup: requests / rate / 8 },
    ),
    REPLICATIONS,
    (result) => ({
      response: result.latency.mean!,
      p99: result.latency.p99!,
      work: workDone(serviceOf(result, 'web')),
    }),
  )
  return { response: controlled(response, work, rate), p99: controlled(p99, work, rate) }
}

/** Both intervals together must allow for the difference, and ours must be narrow. */
function expectNear(samples: readonly number[], reference: number, halfWidth: number): void {
  const { estimate, high } = meanInterval(samples)
  const own = (high - estimate) / studentQuantile(0.975, samples.length - 1)
  const other = halfWidth / REFERENCE_T
  const z = Math.abs(estimate - reference) / Math.sqrt(own * own + other * other)
  expect({ z, estimate, reference }).toSatisfy((seen: { z: number }) => seen.z <= MAX_Z)
  expect((high - estimate) / reference).toBeLessThan(NARROW)
}

const P2C_REPLACE = { 'power-of-d': { d: 2, replace: true } }
const THREE_REPLACE = { 'power-of-d': { d: 3, replace: true } }
/** Of our interval, as a share of the value. */
const NARROW = 0.02

describe('ten servers at 0.9', () => {
  test.each<[PolicyInput, number, number, number]>([
    [P2C_REPLACE, 3.109, 0.018, 10.83],
    ['power-of-two', 2.98, 0.013, 10.42],
    [THREE_REPLACE, 2.56, 0.008, 9.36],
    ['jiq', 2.39, 0.015, 12.59],
    ['jsq', 1.912, 0.015, 7.9],
  ])('%o has a mean response of %d within %d, and a p99 of %d', (policy, mean, halfWidth, p99) => {
    const seen = run(policy, 10, 0.9, 60_000)
    expectNear(seen.response, mean, halfWidth)
    // The reference gives no interval for its p99.
    expect(Math.abs(meanInterval(seen.p99).estimate / p99 - 1)).toBeLessThan(0.04)
  })
})

describe('ten servers at 0.8', () => {
  test.each<[PolicyInput, number, number]>([
    [P2C_REPLACE, 2.159, 0.006],
    ['power-of-two', 2.074, 0.004],
    [THREE_REPLACE, 1.812, 0.005],
    ['jiq', 1.484, 0.003],
    ['jsq', 1.358, 0.002],
  ])('%o has a mean response of %d within %d', (policy, mean, halfWidth) =>
    expectNear(run(policy, 10, 0.8, 30_000).response, mean, halfWidth),
  )
})

describe('a hundred servers at 0.9', () => {
  test.each<[PolicyInput, number, number]>([
    [P2C_REPLACE, 2.658, 0.012],
    ['power-of-two', 2.65, 0.011],
    [THREE_REPLACE, 2.076, 0.007],
    ['jiq', 1.0742, 0.0015],
    ['jsq', 1.0653, 0.0037],
  ])('%o has a mean response of %d within %d', (policy, mean, halfWidth) =>
    expectNear(run(policy, 100, 0.9, 60_000).response, mean, halfWidth),
  )
})

describe('round robin over ten servers', () => {
  test.each([
    [0.5, 1.324642, 30_000],
    [0.9, 5.660276, 100_000],
  ])('at %d has the mean response %d of E_10/M/1', (rho, exact, requests) =>
    expectNear(run('round-robin', 10, rho, requests).response, exact, 0),
  )
})

describe('ten servers of speeds 1.5 and 0.5 at 0.8', () => {
  const replicas = [
    { count: 5, speed: 1.5 },
    { count: 5, speed: 0.5 },
  ]
  test.each<[PolicyInput, number, number]>([
    [P2C_REPLACE, 4.05, 0.02],
    ['jiq', 2.19, 0.02],
    ['jsq', 1.522, 0.005],
    [{ sed: { ties: 'random' } }, 1.497, 0.004],
  ])('%o has a mean response of %d within %d', (policy, mean, halfWidth) =>
    expectNear(run(policy, 10, 0.8, 40_000, replicas).response, mean, halfWidth),
  )

  test.each(['random', 'round-robin'])('%s overloads the slow ones, and the result warns of it', (policy) => {
    const { stable } = replicate(
      network(
        { poisson: { rate: 8 } },
        2000,
        'edge',
        { web: { replicas, endpoints: exponentialWork(1) } },
        {
          balancers: { edge: { policy, to: 'web' } },
        },
      ),
      1,
      (result) => ({ stable: result.warnings.length === 0 ? 1 : 0 }),
    )
    expect(stable).toEqual([0])
  })
})
