/**
 * Twenty runs of AsyncFlow's two example scenarios against twenty runs of ours with the same figures. The recorded
 * statistics are those of AsyncFlow 0.1.1; draws are other ones, so that means over the runs are compared.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareStatistics, parseReference, type StatisticRow } from '../../benchmarks/parity/statistics.ts'
import { statisticsSummary } from '../../benchmarks/parity/statistics-summary.ts'
import { loadScenario } from '../../src/index.ts'
import { ROOT, temporaryFolder } from '../support/cli.ts'

const FILE = join(ROOT, 'test/fixtures/asyncflow/statistics.json')
const reference = parseReference(readFileSync(FILE, 'utf8'), FILE)

/** Difference of the two means in standard errors, from the half-widths of 95 % intervals with 19 degrees of freedom. */
function distance({ ours, theirs }: StatisticRow): number {
  const error = Math.hypot(ours.halfWidth, theirs.halfWidth) / 2.093
  const difference = Math.abs(ours.mean - theirs.mean)
  return difference <= 1e-9 * Math.abs(theirs.mean) ? 0 : difference / error
}

describe.each(Object.keys(reference.scenarios))('%s', (name) => {
  const file = join(ROOT, 'scenarios/asyncflow', name.replaceAll('_', '-'))
  const scenario = loadScenario(readFileSync(file, 'utf8'), { file })
  const rows = compareStatistics(name, scenario, reference.scenarios[name]!)
  // AsyncFlow's generator loses the end of every window, about 1 / rate each, so that its last request comes early.
  const drifting = rows.filter(({ statistic }) => statistic === 'last_arrival_start')
  const others = rows.filter((row) => !drifting.includes(row))

  test('every statistic is where AsyncFlow has it', () => {
    expect(others.length).toBeGreaterThan(30)
    const far = others.filter((row) => !(distance(row) <= 3.9))
    expect(far).toEqual([])
  })

  test('almost all 95 % intervals overlap', () => {
    const apart = others.filter(({ agrees }) => !agrees)
    expect(apart.length).toBeLessThanOrEqual(0.1 * others.length)
  })

  test('latencies, queues and completions agree, which the number of users hardly moves', () => {
    const sharp = others.filter(({ statistic }) =>
      /^(lat_(mean|p50|p95|p99|std|min)|completed_fraction)$/.test(statistic),
    )
    expect(sharp).toHaveLength(7)
    expect(sharp.filter(({ agrees }) => !agrees)).toEqual([])
  })

  test('the last request does not come early, as it does there', () => {
    const [{ ours, theirs }] = drifting as [StatisticRow]
    expect(ours.mean - theirs.mean).toBeGreaterThan(ours.halfWidth + theirs.halfWidth)
  })
})

describe('the statistics command', () => {
  test('names files that cannot be used and ends with 2', () => {
    const talk: string[] = []
    const streams = { out: () => expect.unreachable(), talk: (line: string) => talk.push(line) }
    expect(statisticsSummary([], streams)).toBe(2)
    expect(statisticsSummary([join(temporaryFolder(), 'none.json'), '.'], streams)).toBe(2)
    expect(statisticsSummary([join(ROOT, 'package.json'), '.'], streams)).toBe(2)
    expect(talk[0]).toContain('Usage:')
    expect(talk[1]).toContain('none.json')
    expect(talk[2]).toContain('not a table of statistics')
  })
})
