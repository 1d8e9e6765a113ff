/** The scenarios about databases show what their descriptions say. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Result } from '../../../src/results/types.ts'
import { loadScenario } from '../../../src/scenario/index.ts'
import { Simulation } from '../../../src/simulation/index.ts'

function run(
  name: string,
  change: (text: string) => string = (text) => text,
): { errors: number; result: Result } {
  const text = readFileSync(new URL(`../../../scenarios/${name}.yml`, import.meta.url), 'utf8')
  const simulation = new Simulation(loadScenario(change(text)))
  simulation.run()
  const result = simulation.result()
  const { ok = 0, ...errors } = result.requests.outcomes
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0)
  return { errors: failed / (ok + failed), result }
}

test('scaling-exhausts-database: replicas without connections fail what they are sent', () => {
  const { errors, result } = run('scaling-exhausts-database')
  expect(result.requests.outcomes['pool-timeout']!).toBeGreaterThan(1000)
  expect(errors).toBeGreaterThan(0.03)
  expect(result.components.orders).toMatchObject({ open: { max: 100 } })
  const small = run('scaling-exhausts-database', (text) => text.replace('connections: 20', 'connections: 8'))
  expect(small.errors).toBeLessThan(0.02)
  expect(small.result.requests.outcomes['pool-timeout'] ?? 0).toBe(0)
})

test('long-transactions: connections are held by those who wait for the payment', () => {
  const before = run('long-transactions')
  const { orders } = before.result.components
  if (orders?.kind !== 'database') throw new Error('no database')
  expect(orders.utilization.connections).toBeGreaterThan(0.98)
  expect(orders.running.mean).toBeLessThan(0.3 * orders.connections.mean)
  const moved = run('long-transactions', (text) =>
    text
      .replace('              - call: payment\n', '')
      .replace('        - cpu: 2ms\n', '        - cpu: 2ms\n        - call: payment\n'),
  )
  expect(before.errors).toBeGreaterThan(0.1)
  expect(moved.errors).toBeLessThan(0.01)
})

test('hot-row: one row keeps everybody waiting for a connection', () => {
  const { errors, result } = run('hot-row')
  expect(errors).toBeGreaterThan(0.03)
  const { seats } = result.components
  if (seats?.kind !== 'database') throw new Error('no database')
  expect(seats.running.mean).toBeLessThan(4)
  expect(seats.utilization.connections).toBeGreaterThan(0.8)
  expect(run('hot-row', (text) => text.replace('rowLocks: true', 'rowLocks: false')).errors).toBe(0)
})

test('expiring-values: early recomputation keeps the database out of it', () => {
  const short = (text: string): string => text.replace('horizon: 300s', 'horizon: 150s')
  const plain = run('expiring-values', short)
  const early = run('expiring-values', (text) =>
    short(text).replace('ttl: 30s', 'ttl: 30s\n    earlyRecompute: 1'),
  )
  expect(plain.errors).toBeGreaterThan(0.01)
  expect(early.errors).toBeLessThan(0.5 * plain.errors)
  expect(plain.result.slo.every(({ met }) => met)).toBe(false)
  expect(early.result.slo.every(({ met }) => met)).toBe(true)
})
