/** Keys: their probabilities, and what they are a function of. */
import { describe, expect, test } from 'vitest'
import { KeyTable } from '../../../src/model/compile/key-table.ts'
import { parseScenario } from '../../../src/scenario/index.ts'
import type { KeyInput } from '../../../src/scenario/schema/key.ts'
import type { ScenarioInput } from '../../../src/scenario/schema.ts'
import { Simulation } from '../../../src/simulation/index.ts'

describe('a table of keys', () => {
  test.each([
    [1, 0.06948],
    [0.8, 0.013368],
    [0.99, 0.064969],
    [1.2, 0.189534],
  ])('has the known share of the first of a million keys at exponent %s', (s, share) => {
    const table = new KeyTable({ kind: 'zipf', n: 1_000_000, s })
    expect(table.probability(0)).toBeCloseTo(share, 6)
    expect(table.at(share - 1e-6)).toBe(0)
    expect(table.at(share + 1e-6)).toBe(1)
  })

  test('inverts the distribution function at every boundary', () => {
    for (const [n, s] of [
      [7, 1.3],
      [1000, 0.9],
      [100_000, 0.7],
    ] as const) {
      const table = new KeyTable({ kind: 'zipf', n, s })
      let below = 0
      for (let k = 0; k < Math.min(n, 2000); k++) {
        const p = table.probability(k)
        expect(table.at(below + p / 2)).toBe(k)
        below += p
      }
      expect(table.at(1 - 2 ** -53)).toBe(n - 1)
      expect(table.at(0)).toBe(0)
    }
  })

  test('is uniform at exponent 0, and one key where it is fixed', () => {
    expect(new KeyTable({ kind: 'zipf', n: 4, s: 0 }).at(0.74)).toBe(2)
    expect(new KeyTable({ kind: 'uniform', n: 4 }).at(0.76)).toBe(3)
    expect(new KeyTable({ kind: 'fixed', value: 17 }).at(0.3)).toBe(17)
    const text = new KeyTable({ kind: 'fixed', value: 'cart' })
    expect(text.at(0.1)).toBe(text.at(0.9))
    expect(text.at(0.1)).not.toBe(new KeyTable({ kind: 'fixed', value: 'card' }).at(0.1))
  })
})

/** [request, node, key] of every leg that comes to a service. */
function keysOf(input: Partial<ScenarioInput>): [number, string, number][] {
  const scenario = parseScenario({ name: 'Keys', horizon: 20, workloads: {}, ...input })
  const { world } = new Simulation(scenario)
  const seen: [number, string, number][] = []
  const simulation = new Simulation(scenario, { drain: true })
  const { services, legs, keys, compiled } = simulation.world
  const arrive = services.arrive.bind(services)
  services.arrive = (leg, s) => {
    seen.push([legs.number[leg]!, compiled.nodes[legs.node[leg]!]!.name, keys.of(leg)])
    arrive(leg, s)
  }
  simulation.run()
  expect(world.keys.ofCalls).toBe(keys.ofCalls)
  return seen
}

const shop = (key: KeyInput | undefined, call: KeyInput | undefined): Partial<ScenarioInput> => ({
  workloads: {
    c: {
      to: 'web',
      arrivals: { poisson: { rate: 5 } },
      classes: { a: key === undefined ? {} : { key } },
    },
  },
  services: {
    web: {
      endpoints: {
        e: [
          {
            repeat: {
              times: 2,
              steps: [
                {
                  call: {
                    to: 'store',
                    timeout: 0.5,
                    retry: { attempts: 2 },
                    ...(call === undefined ? {} : { key: call }),
                  },
                },
              ],
            },
          },
        ],
      },
    },
    store: { endpoints: { e: [{ io: { uniform: { low: 0, high: 1 } } }] } },
  },
})

describe('the key of a leg', () => {
  test('is that of its class, one per request, for all legs and attempts', () => {
    const seen = keysOf(shop({ zipf: { n: 1000, s: 0.5 } }, undefined))
    const byRequest = new Map<number, Set<number>>()
    for (const [number, , key] of seen) byRequest.set(number, (byRequest.get(number) ?? new Set()).add(key))
    expect([...byRequest.values()].every((keys) => keys.size === 1)).toBe(true)
    expect(new Set(seen.map(([, , key]) => key)).size).toBeGreaterThan(30)
  })

  test('is that of the call where it has one: anew in each repetition, the same in all attempts', () => {
    const seen = keysOf(shop(undefined, { uniform: { n: 1_000_000 } }))
    expect(seen.filter(([, node]) => node === 'web').every(([, , key]) => key === -1)).toBe(true)
    const store = seen.filter(([, node]) => node === 'store')
    const byRequest = new Map<number, number[]>()
    for (const [number, , key] of store) byRequest.set(number, [...(byRequest.get(number) ?? []), key])
    const counts = [...byRequest.values()].map((keys) => [keys.length, new Set(keys).size])
    expect(counts.some(([legs, keys]) => legs! > keys!)).toBe(true)
    expect(Math.max(...counts.map(([, keys]) => keys!))).toBe(2)
  })

  test('is none without any', () => {
    expect(new Set(keysOf(shop(undefined, undefined)).map(([, , key]) => key))).toEqual(new Set([-1]))
  })
})

test.each([
  [{ zipf: { n: 0, s: 1 } }, 'expected an integer of at least 1, got 0'],
  [{ zipf: { n: 10, s: -1 } }, 'expected a number of at least 0, got -1'],
  [{ uniform: { n: 20_000_000 } }, 'expected an integer of at most 10000000, got 20000000'],
  [-1, 'expected an integer of at least 0, got -1'],
  [true, 'expected a key, got true'],
])('%j is refused as a key', (key, what) => {
  expect(() => parseScenario({ name: 'Keys', horizon: 1, ...shop(key as KeyInput, undefined) })).toThrow(what)
})

describe('recorded keys', () => {
  const values = [5, 'cart', 9]
  const cart = new KeyTable({ kind: 'fixed', value: 'cart' }).at(0)

  test('are asked for in their order, again from the first after the last', () => {
    const keys = keysOf({
      workloads: {
        w: {
          to: 'a',
          arrivals: { deterministic: { rate: 1 } },
          classes: { x: { key: { trace: { values } } } },
        },
      },
      services: { a: { endpoints: { e: [{ cpu: 0.01 }] } } },
    })
    expect(keys.slice(0, 5).map(([, , key]) => key)).toEqual([5, cart, 9, 5, cart])
  })

  test('are the same for every attempt and every call of a request', () => {
    const keys = keysOf({
      workloads: { w: { to: 'a', arrivals: { deterministic: { rate: 1 } } } },
      services: {
        a: {
          cores: 9,
          endpoints: {
            e: [{ call: { to: 'b', key: { trace: { values } }, timeout: 0.1, retry: { attempts: 2 } } }],
          },
        },
        b: { endpoints: { e: [{ io: 0.15 }] } },
      },
    })
    const calls = keys.filter(([, node]) => node === 'b')
    expect(calls.length).toBeGreaterThan(30)
    for (const [request, , key] of calls) expect(key).toBe([5, cart, 9][request % 3])
  })

  test('a warm cache has the most frequent', () => {
    const scenario = parseScenario({
      horizon: 10,
      workloads: { w: { to: 'a', arrivals: { trace: { times: [0, 1, 2, 3, 4, 5] } } } },
      services: {
        a: { endpoints: { e: [{ call: { to: 'c', key: { trace: { values: [3, 2, 1, 2, 3, 3] } } } }] } },
      },
      caches: { c: { capacity: 2, warm: true, eviction: 'lru' } },
    })
    const simulation = new Simulation(scenario)
    simulation.run()
    // 3 and 2 are there; 1 takes the place of 3, which takes that of 1.
    expect(simulation.result().components.c).toMatchObject({ hits: 4, misses: 2 })
  })
})
