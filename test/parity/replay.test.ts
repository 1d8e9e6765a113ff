/** Recorded runs of AsyncFlow 0.1.1, replayed: the same draws must give the same run. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareReplay } from '../../benchmarks/parity/compare.ts'
import { replayTrace } from '../../benchmarks/parity/replay.ts'
import { parseTrace, type Trace } from '../../benchmarks/parity/trace.ts'
import { ConfigError } from '../../src/errors.ts'
import { ROOT } from '../support/cli.ts'

const folder = join(ROOT, 'test/fixtures/asyncflow')
const read = (name: string): Trace => parseTrace(readFileSync(join(folder, `${name}.json`), 'utf8'), name)
const compare = (trace: Trace): ReturnType<typeof compareReplay> => compareReplay(trace, replayTrace(trace))

describe('a replay of a recorded AsyncFlow run', () => {
  test.each([
    // Memory and two cores are contended; two endpoints.
    'single_server_ram_cpu_contention',
    // Round robin under outages and overlapping spikes.
    'lb_round_robin_events',
    // Many steps end at the same instants, so that the order of equal times decides who gets a core first.
    'equal_durations',
    // Servers behind the balancer lead to one another, which an outage does not prevent; one is out for less than a gap.
    'chained_servers_outages',
  ])('%s gives the same finish times, order of completion and samples', (name) => {
    const trace = read(name)
    const { comparison, remarks } = compare(trace)
    expect(remarks).toEqual([])
    expect(comparison.requests).toBe(trace.requests.length)
    expect(comparison.maxAbsDifference).toBeLessThan(1e-9)
    expect(comparison.completionOrderEqual).toBe(true)
    expect(comparison.sampledEqual).toBe(true)
    expect(trace.completion_order.length).toBeGreaterThan(50)
  })

  const trace = read('equal_durations')
  const changed = (change: (copy: Mutable<Trace>) => void): ReturnType<typeof compareReplay> => {
    const copy = structuredClone(trace) as Mutable<Trace>
    change(copy)
    return compare(copy)
  }

  test('notices a latency that was not drawn', () => {
    const { comparison } = changed(({ requests }) => {
      const edges = requests[20]!.edges
      const edge = Object.keys(edges).at(-1)!
      edges[edge] = edges[edge]! + 0.001
    })
    expect(comparison.maxAbsDifference).toBeCloseTo(0.001, 9)
  })

  test('has no difference to state where a request completed on one side only', () => {
    const { comparison, remarks } = changed(({ requests }) => {
      requests[20]!.finish = null
    })
    expect(comparison.maxAbsDifference).toBeNull()
    expect(remarks[0]).toContain(`request ${trace.requests[20]!.id} ended at null, here at 0.`)
  })

  test('notices another order of completion, and one sample that differs', () => {
    const { comparison, remarks } = changed((copy) => {
      copy.completion_order.reverse()
      copy.sampled.ram_in_use!['srv-0']![7]!++
    })
    expect(comparison).toMatchObject({
      maxAbsDifference: 0,
      completionOrderEqual: false,
      sampledEqual: false,
    })
    expect(remarks).toHaveLength(2)
    expect(remarks[1]).toContain('sample 7 of ram_in_use of srv-0')
  })

  test('notices a missing sample, and a series of something unknown', () => {
    const { comparison, remarks } = changed(({ sampled }) => {
      sampled.ready_queue_len!['srv-0']!.pop()
      sampled.edge_concurrent_connection!.nowhere = [0, 1]
    })
    expect(comparison.sampledEqual).toBe(false)
    expect(remarks).toHaveLength(2)
  })

  test('counts the draws that the trace does not have', () => {
    const { remarks } = changed(({ requests }) => {
      requests[3]!.edges = {}
    })
    expect(remarks.some((remark) => remark.endsWith('draws are not in the trace'))).toBe(true)
  })

  test('refuses an endpoint that the server does not have', () => {
    expect(() =>
      changed(({ requests }) => {
        requests[0]!.endpoint = { 'srv-0': 9 }
      }),
    ).toThrow(ConfigError)
  })
})

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T
