import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { simulateWatched } from '../../cli/simulate/simulate-watched.ts'
import { describeProgress, startLiveRun } from '../../cli/terminal/live-run.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { type RunProgress, Simulation, simulate } from '../../src/simulation/index.ts'
import { until } from '../support/cli.ts'
import { SMALL_SCENARIO } from '../support/scenario.ts'

const scenario = loadScenario(SMALL_SCENARIO)

const NOW: RunProgress = {
  time: 20,
  created: 400,
  ok: 360,
  errors: 20,
  inFlight: 20,
  p95: 0.0812,
  resources: [
    { component: 'store', resource: 'connections', utilization: 0.97, waiting: 12 },
    { component: 'web', resource: 'cpu', utilization: 0.5, waiting: 0 },
    { component: 'web', resource: 'memory', utilization: 0, waiting: 0 },
  ],
}

test('a run is described by rates since the look before, and by its busiest resources', () => {
  expect(describeProgress(NOW)).toEqual([
    '20 requests/s, 18 ok/s, 5.26 % errors, 20 in flight, p95 so far 81.2 ms',
    'Busiest: store connections 97 %, 12 wait; web cpu 50 %',
  ])
  const before = { ...NOW, time: 10, created: 300, ok: 320, errors: 20 }
  expect(describeProgress({ ...NOW, p95: null, resources: [] }, before)).toEqual([
    '10 requests/s, 4 ok/s, 0 % errors, 20 in flight, p95 after the warm-up',
    '',
  ])
})

test('progress agrees with the result, and looking at it changes nothing', () => {
  const simulation = new Simulation(scenario)
  simulation.until(1)
  expect(simulation.progress()).toMatchObject({ time: 1, p95: null })
  for (let time = 2; time < scenario.horizon; time++) {
    simulation.until(time)
    simulation.progress()
  }
  simulation.run()
  const { requests, latency, components } = simulation.result()
  const { created, ok, errors, inFlight, p95, resources } = simulation.progress()
  expect({ created, inFlight }).toEqual({ created: requests.created, inFlight: requests.inFlight })
  expect(ok + errors).toBe(created - inFlight)
  expect(Math.abs(p95! / latency.p95! - 1)).toBeLessThan(0.005)
  const { web } = components
  expect(resources).toEqual([
    {
      component: 'web',
      resource: 'cpu',
      utilization: web?.kind === 'service' ? web.utilization.cpu : null,
      waiting: expect.any(Number),
    },
  ])
  expect(simulation.result()).toEqual(simulate(scenario))
})

/** Something that says it is a terminal, and what was written to it. */
function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  const through = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 60, rows: 20 })
  return {
    stream: through as unknown as NodeJS.WriteStream,
    written: () => (through.read() as string | null) ?? '',
  }
}

test('a terminal gets a bar and two lines, of its width at most, and is left as it was', async () => {
  const { stream, written } = terminal(true)
  const live = startLiveRun(30, false, stream)
  live.update(() => NOW)
  let text = ''
  await until(() => {
    text += written()
    return text.includes('Busiest')
  })
  live.stop()
  text += written()
  expect(text).toMatch(/Simulated █+░+ 66% 20 of 30 s/)
  expect(text).toContain('20 requests/s, 18 ok/s, 5.26 % errors, 20 in flight, p95 s…')
  expect(text).toContain('Busiest: store connections 97 %, 12 wait; web cpu 50 %')
  // The cursor is shown again.
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'))
})

test('what is no terminal gets nothing in a short run, and nobody anything under --quiet', async () => {
  const [pipe, quiet] = [terminal(false), terminal(true)]
  const signal = new AbortController().signal
  const silent = startLiveRun(30, true, quiet.stream)
  const lines = startLiveRun(30, false, pipe.stream)
  const result = await simulateWatched(scenario, {}, signal, (progress) => {
    silent.update(progress)
    lines.update(progress)
  })
  lines.stop()
  expect(pipe.written() + quiet.written()).toBe('')
  expect(result).toEqual(simulate(scenario))
})
