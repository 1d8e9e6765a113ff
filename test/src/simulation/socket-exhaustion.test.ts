import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeComponent } from '../../../cli/summary/describe-component.ts'
import { loadScenario } from '../../../src/scenario/index.ts'
import { simulate } from '../../../src/simulation/index.ts'

const text = readFileSync(new URL('../../../scenarios/socket-exhaustion.yml', import.meta.url), 'utf8')

test('scenarios/socket-exhaustion.yml runs out of ports without keep-alive, and not with it', () => {
  const { components, warnings, requests } = simulate(loadScenario(text))
  const { fresh, kept } = components
  if (fresh?.kind !== 'balancer' || kept?.kind !== 'balancer') throw new Error('no balancers')
  // 200 ports, each taken for 10 s and the 24 ms of its connection.
  const { outcomes } = requests.byClass.closing!
  const rate = (outcomes.ok ?? 0) / 120
  expect(rate).toBeGreaterThan(0.9 * 20)
  expect(rate).toBeLessThan(1.1 * 20)
  expect(fresh.sockets!.ports.peak).toBe(200)
  expect(fresh.sockets!.noPort).toBe(outcomes.refused)
  expect(requests.byClass.keeping!.outcomes.refused).toBeUndefined()
  expect(kept.sockets!.reused).toBeGreaterThan(10 * kept.sockets!.opened)
  expect(kept.sockets!.ports.peak).toBeLessThan(30)
  expect(warnings.map(({ code }) => code)).toContain('ports-exhausted')
  // How many sockets and how much memory the balancer needs at peak is in its line.
  const line = describeComponent(kept).join(', ')
  expect(line).toMatch(/sockets peak \d+ \(mean [\d.]+\), memory peak [\d.]+ ?\w+ \(mean/)
})
