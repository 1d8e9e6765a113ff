import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LegTable } from '../../../src/engine/leg-table.ts'

class Rows extends LegTable {
  one: Int32Array = new Int32Array(0)
  three: Float64Array = new Float64Array(0)
  flag: Int32Array = new Int32Array(0)

  constructor() {
    super()
    this.int32((array) => {
      this.one = array
    })
    this.float64((array) => {
      this.three = array
    }, 3)
    this.int32((array) => {
      this.flag = array
    })
  }
}

test('keeps every field of every row apart while rows come, go, and the table grows or is restored', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('alloc', 'alloc', 'alloc', 'release', 'copy'), { maxLength: 300 }),
      (commands) => {
        let rows = new Rows()
        const model = new Map<number, number>()
        const generations = new Map<number, number>()
        commands.forEach((command, i) => {
          if (command === 'alloc') {
            const row = rows.alloc()
            expect(model.has(row)).toBe(false)
            // A handle that is used again is another generation.
            const before = generations.get(row)
            if (before !== undefined) expect(rows.generation[row]).toBe(before + 1)
            generations.set(row, rows.generation[row]!)
            model.set(row, i)
            rows.one[row] = i
            for (let k = 0; k < 3; k++) rows.three[row + k] = i + k / 10
            rows.flag[row] = i & 255
          } else if (command === 'release' && model.size > 0) {
            const row = [...model.keys()][i % model.size]!
            model.delete(row)
            rows.release(row)
          } else if (command === 'copy') {
            const next = new Rows()
            next.alloc()
            next.load(structuredClone(rows.save()))
            rows = next
          }
          expect(rows.live).toBe(model.size)
          for (const [row, value] of model) {
            expect(rows.one[row]).toBe(value)
            expect([...rows.three.slice(row, row + 3)]).toEqual([value, value + 0.1, value + 0.2])
            expect(rows.flag[row]).toBe(value & 255)
            expect(row).toBeLessThan(rows.end)
          }
        })
      },
    ),
    { numRuns: 100, seed: 1 },
  )
})

test('takes no column once it has rows', () => {
  const rows = new Rows()
  rows.alloc()
  expect(() => rows.int32(() => {})).toThrow('a column was added')
})
