import { expect, test } from 'vitest'
import { summarizeRun } from '../../cli/summary/run-summary.ts'
import { exampleResult } from '../src/results/example-result.ts'

test('the summary gives the verdict, the outcomes, the latency, the phases, the components and the warnings', () => {
  expect(summarizeRun(exampleResult)).toMatchInlineSnapshot(`
    "Example  10 s simulated, seed 7/1

    ✗ missed  p95 < 250ms  650 ms

    Requests  5 sent, 0.3 ok per second, 1 without answer at the end (1 of the measured)
      ok       3  60 %
      timeout  1  20 %

    Latency  ok requests, exact quantiles
           count    mean     p50     p90     p95     p99   p99.9     max
      all      3  300 ms  250 ms  600 ms  650 ms  690 ms  333 ms  700 ms

    Phases  where the mean latency goes
      cpu      200 ms  66.7 %  ████████████████
      network  100 ms  33.3 %  ████████

    Components
      users      workload  0.5 requests per second
      edge->web  link      5 sent, 0.1 (max 2) in transit
      web        service   cpu 50 %, 0.25 (max 3) waiting for it, 0.75 (max 4) in service, 1 ready

    ! too-few-samples  Only 3 requests were measured.
    "
  `)
})

test('a summary of a run without measured requests has dashes, not numbers', () => {
  const nothing = {
    mean: null,
    std: null,
    min: null,
    max: null,
    p50: null,
    p90: null,
    p95: null,
    p99: null,
    p999: null,
  }
  const latency = { ...exampleResult.latency, ...nothing, count: 0 }
  const slo = [{ text: 'p95 < 250ms', value: null, bound: 0.25, met: false }]
  const text = summarizeRun({ ...exampleResult, latency, slo, phases: {}, breakdown: [] })
  expect(text).toContain('✗ missed  p95 < 250ms  nothing measured')
  expect(text).toMatch(/all +0 +- +- +-/)
  expect(text).not.toContain('Phases')
})
