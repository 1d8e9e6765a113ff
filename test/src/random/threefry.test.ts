import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { threefry, threefryWords, uniform53 } from '../../../src/random/threefry.ts'

const encrypt = (key: [number, number], counter: [number, number]): string[] => {
  threefry(key[0] | 0, key[1] | 0, counter[0] | 0, counter[1] | 0)
  return [...threefryWords].map((word) => (word >>> 0).toString(16).padStart(8, '0'))
}

describe('Threefry-2x32-20', () => {
  test('gives the known answers of Random123', () => {
    expect(encrypt([0, 0], [0, 0])).toEqual(['6b200159', '99ba4efe'])
    expect(encrypt([-1, -1], [-1, -1])).toEqual(['1cb996fc', 'bb002be7'])
    expect(encrypt([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual(['c4923a9c', '483df7a0'])
  })

  test('takes its words signed or unsigned', () => {
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    fc.assert(
      fc.property(int32, int32, int32, int32, (a, b, c, d) => {
        expect(uniform53(a >>> 0, b >>> 0, c >>> 0, d >>> 0)).toBe(uniform53(a, b, c, d))
      }),
      { seed: 1 },
    )
  })

  test('gives numbers in [0, 1) whose 53 bits and whose cells are evenly filled', () => {
    const ones = new Array<number>(53).fill(0)
    const cells = new Array<number>(100).fill(0)
    const n = 50000
    for (let i = 0; i < n; i++) {
      const x = uniform53(17, 4, i, 2)
      expect(x >= 0 && x < 1).toBe(true)
      cells[Math.floor(x * 100)]!++
      let rest = x * 2 ** 53
      for (let bit = 0; bit < 53; bit++) {
        ones[bit]! += rest % 2
        rest = Math.floor(rest / 2)
      }
    }
    // 4.5 standard deviations for each bit; the 1e-5 point of chi-squared with 99 degrees of freedom.
    for (const count of ones) expect(Math.abs(count - n / 2)).toBeLessThan(4.5 * Math.sqrt(n / 4))
    const chi = cells.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0)
    expect(chi).toBeLessThan(170)
  })
})
