/** Readiness probes, cold starts and drains that are cut off: every time worked out by hand. */
import { describe, expect, test } from 'vitest'
import type { AutoscalerInput } from '../../../../src/scenario/schema/autoscaler.ts'
import type { ServiceInput } from '../../../../src/scenario/schema/service.ts'
import type { ScenarioInput } from '../../../../src/scenario/schema.ts'
import { at, run } from '../../../support/hand-trace.ts'

/** So many replicas from each time on. */
const scaled = (list: [number, number][], rest: Partial<AutoscalerInput> = {}): AutoscalerInput => ({
  policy: { schedule: { entries: list.map(([at, replicas]) => ({ at, replicas })) } },
  max: 3,
  interval: 1,
  ...rest,
})

function web(
  times: readonly number[],
  service: Partial<ServiceInput>,
  rest: Partial<ScenarioInput> = {},
): Omit<ScenarioInput, 'name'> {
  return {
    horizon: 30,
    workloads: { c: at(times, { to: 'lb' }) },
    balancers: { lb: { to: 'web' } },
    services: { web: { endpoints: { e: [{ cpu: 1 }] }, ...service } },
    ...rest,
  }
}

const outcomes = ({ lines }: ReturnType<typeof run>): unknown[] =>
  [...lines].sort(([a], [b]) => a - b).map(([start, , outcome]) => [start, outcome])

describe('readiness probes', () => {
  const readiness = { period: 2, failureThreshold: 2 }

  test('notice a crash after so many failures in a row, and its end after a success', () => {
    const seen = run(
      web(
        [2.5, 3.5, 5.5, 6.5, 9.5, 10.5],
        { readiness },
        { events: [{ outage: 'web', at: 3, for: 6, mode: 'crash' }] },
      ),
    )
    // Probes at 2, 4, 6, ...: two have failed at 6; the crash is over at 9, which the probe of 10 sees.
    expect(outcomes(seen)).toEqual([
      [2.5, 'failed'],
      [3.5, 'failed'],
      [5.5, 'failed'],
      [6.5, 'unavailable'],
      [9.5, 'unavailable'],
      [10.5, 'ok'],
    ])
  })

  test('overlook a crash that is shorter', () => {
    const seen = run(
      web([3.5, 6], { readiness }, { events: [{ outage: 'web', at: 3, for: 2, mode: 'crash' }] }),
    )
    expect(outcomes(seen)).toEqual([
      [3.5, 'failed'],
      [6, 'ok'],
    ])
  })

  test('keep a new replica out of rotation until it has passed', () => {
    const times = [6.25, 6.5, 6.75, 7.25, 7.5]
    const seen = run(
      web(times, {
        endpoints: { e: [{ io: 0.1 }] },
        readiness: { initialDelay: 0.5, period: 1, successThreshold: 3 },
        autoscaler: scaled([[2, 2]], { startup: 2 }),
      }),
    )
    // Asked for at 2, running at 4, probed at 4.5, 5.5 and 6.5.
    const { components } = seen.simulation.result()
    const component = components.web!
    if (component.kind !== 'service') throw new Error('web is a service')
    expect(component.ready.max).toBe(2)
    expect(component.ready.mean).toBeCloseTo((6.5 + 2 * 23.5) / 30, 9)
    expect(component.replicas.map(({ arrivals }) => arrivals)).toEqual([3, 2, 0])
  })

  test('find a replica that crashed while it was starting', () => {
    const seen = run(
      web(
        [9, 11],
        { readiness: { period: 2 }, autoscaler: scaled([[2, 2]], { startup: 2 }) },
        {
          events: [
            { outage: 'web/1', at: 3, for: 4, mode: 'crash' },
            { outage: 'web/0', at: 8, for: 20 },
          ],
        },
      ),
    )
    // Probed at 4, 6 and 8: it passes at 8.
    expect(outcomes(seen)).toEqual([
      [9, 'ok'],
      [11, 'ok'],
    ])
    expect(seen.simulation.world.replicas.readySince[1]).toBe(8)
  })
})

describe('a cold start', () => {
  const coldStart = { duration: 10, speed: 0.5 }

  test('makes cores slower after a crash, and faster step by step', () => {
    const seen = run(
      web([1, 6, 20], { coldStart }, { events: [{ outage: 'web', at: 3, for: 3, mode: 'crash' }] }),
    )
    // From 6 on 0.5, from 7 on 0.55: 0.5 are done at 7, the rest takes 0.5 / 0.55.
    expect(seen.lines).toEqual([
      [1, 2, 'ok'],
      [6, 7.909090909, 'ok'],
      [20, 21, 'ok'],
    ])
  })

  test('concerns replicas that the scaler starts, and composes with slowness', () => {
    const seen = run(
      web(
        [3.25],
        { coldStart, autoscaler: scaled([[2, 2]], { startup: 1 }) },
        {
          events: [
            { outage: 'web/0', at: 3, for: 20 },
            { slow: 'web', factor: 2, at: 3.5, for: 20 },
          ],
        },
      ),
    )
    // Ready at 3: 0.125 are done at 3.5, 0.125 at 4; then 0.55 / 2 and 0.6 / 2 per second, and so on.
    const rates = [0.55, 0.6, 0.65]
    let left = 0.75
    let end = 4
    for (const rate of rates) {
      const took = Math.min(1, left / (rate / 2))
      left -= (took * rate) / 2
      end += took
    }
    expect(left).toBeCloseTo(0, 12)
    expect(seen.lines[0]![1]).toBeCloseTo(end, 9)
  })

  test('does not concern those that are there from the start', () => {
    expect(run(web([0], { coldStart })).lines).toEqual([[0, 1, 'ok']])
  })
})

describe('a drain', () => {
  const service = (drainTimeout?: number): Partial<ServiceInput> => ({
    replicas: 2,
    endpoints: { e: [{ io: 6 }] },
    autoscaler: scaled(
      [
        [0, 2],
        [3, 1],
      ],
      drainTimeout === undefined ? {} : { drainTimeout },
    ),
  })
  const cutOff = ({ simulation }: ReturnType<typeof run>): unknown => {
    const component = simulation.result().components.web!
    return component.kind === 'service' ? component.cutOff : undefined
  }

  test('waits for what is there', () => {
    const seen = run(web([1, 2], service()))
    expect(seen.lines).toEqual([
      [1, 7, 'ok'],
      [2, 8, 'ok'],
    ])
    expect(cutOff(seen)).toBeUndefined()
  })

  test('is cut off after its timeout, what is left fails, and the slot is free', () => {
    const seen = run(web([1, 2], service(2.5)))
    // The second one's replica drains from 3 on.
    expect(seen.lines).toEqual([
      [2, 5.5, 'failed'],
      [1, 7, 'ok'],
    ])
    expect(cutOff(seen)).toBe(1)
    expect(seen.simulation.world.replicas.state[1]).toBe(0)
  })

  test('is over in time where nothing is left', () => {
    const seen = run(web([1, 2], service(6)))
    expect(seen.lines.map(([, , outcome]) => outcome)).toEqual(['ok', 'ok'])
    expect(cutOff(seen)).toBe(0)
  })

  test('fails what is still on its way there', () => {
    const seen = run({
      ...web([1, 2.75], service(0.5)),
      links: [{ from: 'lb', to: 'web', latency: 1 }],
    })
    // Sent at 2.75, the replica drains from 3 to 3.5, the leg comes at 3.75 and its refusal is back at 4.75.
    expect(seen.lines).toEqual([
      [2.75, 4.75, 'failed'],
      [1, 9, 'ok'],
    ])
  })
})
