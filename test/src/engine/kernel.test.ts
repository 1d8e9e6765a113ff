import { describe, expect, test } from 'vitest'
import { Kernel } from '../../../src/engine/kernel.ts'

/** A kernel whose one kind of event notes its number and does what the test says. */
function recording(act: (kernel: Kernel, kind: number, a: number) => void = () => {}): {
  kernel: Kernel
  kind: number
  log: [number, number][]
} {
  const kernel = new Kernel()
  const log: [number, number][] = []
  const kind = kernel.on('a note', (a) => {
    log.push([kernel.now, a])
    act(kernel, kind, a)
  })
  return { kernel, kind, log }
}

describe('a kernel', () => {
  test('runs events up to a time and not at it', () => {
    const { kernel, kind, log } = recording()
    for (const time of [1, 2, 3]) kernel.at(time, kind, time, 0)
    expect(kernel.run(2)).toBe('until')
    expect(log).toEqual([[1, 1]])
    expect(kernel.now).toBe(2)
    kernel.run(Number.POSITIVE_INFINITY)
    expect(log.map(([time]) => time)).toEqual([1, 2, 3])
    expect(kernel.now).toBe(3)
    expect(kernel.processed).toBe(3)
  })

  test('runs tasks after the event that queued them, in order, before the next event of the instant', () => {
    const { kernel, kind, log } = recording((k, own, a) => {
      if (a === 1) {
        k.task(own, 10, 0)
        k.task(own, 11, 0)
      }
      if (a === 10) k.task(own, 12, 0)
    })
    kernel.at(1, kind, 1, 0)
    kernel.at(1, kind, 2, 0)
    kernel.run(5)
    expect(log.map(([, a]) => a)).toEqual([1, 10, 11, 12, 2])
  })

  test('runs what comes last after all that is due, and what comes first before', () => {
    const { kernel, kind, log } = recording((k, own, a) => {
      if (a === 1) k.last(own, 9, 0)
    })
    kernel.at(1, kind, 1, 0)
    kernel.at(1, kind, 2, 0)
    kernel.firstAt(1, kind, 0, 0)
    kernel.at(1.5, kind, 3, 0)
    kernel.run(5)
    expect(log).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [1, 9],
      [1.5, 3],
    ])
  })

  test('keeps the order of tasks while their ring grows', () => {
    const { kernel, kind, log } = recording((k, own, a) => {
      if (a < 40) for (let i = 0; i < 5; i++) k.task(own, 100 * a + i + 100, 0)
    })
    for (let i = 0; i < 40; i++) kernel.task(kind, i, 0)
    kernel.run(1)
    const later = log.slice(40).map(([, a]) => a)
    expect(later).toEqual(Array.from({ length: 200 }, (_, n) => 100 * Math.floor(n / 5) + (n % 5) + 100))
  })

  test('stops where a handler says so and goes on with the tasks that are left', () => {
    const { kernel, kind, log } = recording((k, own, a) => {
      if (a === 1) {
        k.task(own, 10, 0)
        k.suspended = true
      }
    })
    kernel.at(1, kind, 1, 0)
    kernel.at(2, kind, 2, 0)
    expect(kernel.run(9)).toBe('suspended')
    const saved = structuredClone(kernel.save())
    kernel.suspended = false
    kernel.run(9)
    expect(log.map(([, a]) => a)).toEqual([1, 10, 2])
    const other = recording()
    other.kernel.load(saved)
    expect(other.kernel.suspended).toBe(true)
    other.kernel.suspended = false
    other.kernel.run(9)
    expect(other.log).toEqual([
      [1, 10],
      [2, 2],
    ])
  })

  test('stops with an error that names the event when time stands still', () => {
    const { kernel, kind } = recording((k, own) => k.at(k.now, own, 0, 0))
    kernel.at(1, kind, 0, 0)
    expect(() => kernel.run(2)).toThrow(/at t=1 s, the last one "a note"/)
    const tasks = recording((k, own) => k.task(own, 0, 0))
    tasks.kernel.at(1, tasks.kind, 0, 0)
    expect(() => tasks.kernel.run(2)).toThrow('Give a step')
  })

  test('lets a million events pass over many instants', () => {
    const { kernel, kind } = recording((k, own, a) => {
      if (a > 0) k.at(k.now + (a % 1000 === 0 ? 1 : 0), own, a - 1, 0)
    })
    kernel.at(0, kind, 1_500_000, 0)
    expect(kernel.run(Number.POSITIVE_INFINITY)).toBe('until')
    expect(kernel.processed).toBe(1_500_001)
  })
})
