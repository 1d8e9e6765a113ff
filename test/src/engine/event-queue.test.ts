import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventQueue } from '../../../src/engine/event-queue.ts'

type Command = { readonly kind: 'push' | 'pushBehind' | 'pushFirst' | 'pop' | 'save'; readonly time: number }

/** Few different times, so that ties are common. */
const commands = fc.array(
  fc.record<Command>({
    kind: fc.constantFrom('push', 'push', 'pushBehind', 'pushBehind', 'pushFirst', 'pop', 'pop', 'save'),
    time: fc.integer({ min: 0, max: 6 }),
  }),
  { maxLength: 400 },
)

test('gives events by time, then first ones, then the order of their pushes: as a sorted list does', () => {
  fc.assert(
    fc.property(commands, (list) => {
      let queue = new EventQueue()
      const model: { time: number; order: number; id: number }[] = []
      let first = -1e9
      list.forEach(({ kind, time }, id) => {
        if (kind === 'push' || kind === 'pushBehind') {
          queue[kind](time, id % 200, id, 1000 - id)
          model.push({ time, order: id, id })
        } else if (kind === 'pushFirst') {
          queue.pushFirst(time, id % 200, id, 1000 - id)
          model.push({ time, order: first++, id })
        } else if (kind === 'save') {
          const copy = new EventQueue()
          copy.push(3, 1, 1, 1)
          copy.load(structuredClone(queue.save()))
          queue = copy
        } else if (model.length > 0) {
          model.sort((a, b) => a.time - b.time || a.order - b.order)
          const next = model.shift()!
          expect(queue.isClearUntil(next.time)).toBe(false)
          expect(queue.peekTime()).toBe(next.time)
          expect(queue.popBefore(next.time)).toBe(false)
          expect(queue.popBefore(Number.POSITIVE_INFINITY)).toBe(true)
          expect([queue.poppedTime, queue.poppedKind, queue.poppedA, queue.poppedB]).toEqual([
            next.time,
            next.id % 200,
            next.id,
            1000 - next.id,
          ])
        }
        expect(queue.count).toBe(model.length)
        const kept = model.filter((event) => event.id % 200 === 7).map((event) => event.id)
        const visited: number[] = []
        if (id % 20 === 0) {
          queue.forEach(7, (a, b) => visited.push(a + b === 1000 ? a : -1))
          expect(visited.sort((x, y) => x - y)).toEqual(kept.sort((x, y) => x - y))
        }
        // Before the hole that a pop leaves is filled, the next time is known all the same.
        const next = Math.min(Number.POSITIVE_INFINITY, ...model.map((event) => event.time))
        if (Number.isFinite(next)) expect(queue.isClearUntil(next)).toBe(false)
        expect(queue.isClearUntil(next - 0.001)).toBe(true)
      })
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('keeps the order while it grows past a list and shrinks to one again', () => {
  const queue = new EventQueue()
  const times = Array.from({ length: 300 }, (_, i) => (i * 7919) % 41)
  const popped: number[] = []
  const pop = (): void => {
    expect(queue.popBefore(Number.POSITIVE_INFINITY)).toBe(true)
    popped.push(queue.poppedTime * 1000 + queue.poppedA)
  }
  for (let round = 0; round < 3; round++) {
    times.forEach((time, i) => queue[i % 3 === 0 ? 'pushBehind' : 'push'](100 * round + time, 0, i, 0))
    while (queue.count > 0) pop()
  }
  expect(popped).toEqual([...popped].sort((a, b) => a - b))
  expect(popped).toHaveLength(900)
})

test('has nothing next when it is empty', () => {
  const queue = new EventQueue()
  expect(queue.peekTime()).toBe(Number.POSITIVE_INFINITY)
  queue.push(1, 0, 0, 0)
  expect(queue.popBefore(Number.POSITIVE_INFINITY)).toBe(true)
  expect(queue.isClearUntil(1e300)).toBe(true)
  expect(queue.peekTime()).toBe(Number.POSITIVE_INFINITY)
})
