/**
 * x^y by the method of fdlibm (e_pow.c): log2 x in two parts with 53 + 24 bits, the product with y in two
 * parts, then 2^z with z reduced to |z| <= 1/2. Error below 0.7 ulp. Special cases follow `Math.pow`.
 */
import { clearLowWord, fromHighWord, highWord, powerOfTwo, scale } from './bits.ts'
import { EXP_1, EXP_2, EXP_3, EXP_4, EXP_5, INVERSE_LN2 } from './constants.ts'

const L1 = 0.5999999999999946
const L2 = 0.4285714285785502
const L3 = 0.33333332981837743
const L4 = 0.272728123808534
const L5 = 0.23066074577556175
const L6 = 0.20697501780033842

const LN2 = Math.LN2
const LN2_HIGH = 0.6931471824645996
const LN2_LOW = -1.904654299957768e-9
/** log2(e) in two parts. */
const LOG2E_HIGH = 1.4426950216293335
const LOG2E_LOW = 1.9259629911266175e-8
/** 2 / (3 ln 2), and in two parts. */
const CP = 0.9617966939259756
const CP_HIGH = 0.9617967009544373
const CP_LOW = -7.028461650952758e-9
/** log2(1.5) in two parts. */
const LOG2_1_5_HIGH = 0.5849624872207642
const LOG2_1_5_LOW = 1.350039202129749e-8
/** -(1024 - log2(largest double + 1/2 ulp)). */
const OVERFLOW_TAIL = 8.008566259537294e-17

const TWO_53 = 9007199254740992
const TWO_31 = 2147483648
const TWO_64 = 1.8446744073709552e19

/** x^y; NaN for a negative x with a fractional y and for (+-1)^(+-Infinity), 1 for any x^0. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  if (y === 1) return x
  if (y === 2) return x * x
  const magnitude = Math.abs(x)
  if (Math.abs(y) === Number.POSITIVE_INFINITY) {
    if (magnitude === 1) return Number.NaN
    return magnitude > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
  }
  if (y === 0.5 && x >= 0) return Math.sqrt(x + 0)
  const odd = isOddInteger(y)
  const negative = x < 0 || (x === 0 && 1 / x < 0)
  const sign = negative && odd ? -1 : 1
  if (magnitude === 0 || magnitude === Number.POSITIVE_INFINITY) {
    return magnitude > 1 === y > 0 ? sign * Number.POSITIVE_INFINITY : sign * 0
  }
  if (negative && Math.floor(y) !== y) return Number.NaN
  if (magnitude === 1) return sign

  let t1: number
  let t2: number
  if (Math.abs(y) > TWO_31) {
    const high = highWord(magnitude)
    const away = high < 0x3fefffff || high > 0x3ff00000
    if (away || Math.abs(y) > TWO_64) {
      return magnitude > 1 === y > 0 ? sign * Number.POSITIVE_INFINITY : sign * 0
    }
    // Here |1 - |x|| <= 2^-20, so that log x = t - t^2/2 + t^3/3 - t^4/4 suffices.
    const t = magnitude - 1
    const w = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25))
    const u = LOG2E_HIGH * t
    const v = t * LOG2E_LOW - w * INVERSE_LN2
    t1 = clearLowWord(u + v)
    t2 = v - (t1 - u)
  } else {
    let a = magnitude
    let n = 0
    let high = highWord(a)
    if (high < 0x00100000) {
      a *= TWO_53
      n = -53
      high = highWord(a)
    }
    n += (high >> 20) - 1023
    const exponent = (high >> 20) - 1023
    const mantissa = high & 0xfffff
    // The interval of a: about [sqrt(3)/2, sqrt(3/2)) around 1, or [sqrt(3/2), sqrt(3)) around 1.5.
    const around15 = mantissa > 0x3988e && mantissa < 0xbb67a
    let normalised = mantissa | 0x3ff00000
    let shift = exponent
    if (mantissa >= 0xbb67a) {
      n++
      shift++
      normalised -= 0x00100000
    }
    a *= powerOfTwo(-shift)
    const base = around15 ? 1.5 : 1
    // ss = (a - base) / (a + base) in two parts
    const difference = a - base
    const v = 1 / (a + base)
    const ss = difference * v
    const sHigh = clearLowWord(ss)
    let tHigh = fromHighWord(((normalised >> 1) | 0x20000000) + 0x00080000 + (around15 ? 1 << 18 : 0))
    let tLow = a - (tHigh - base)
    const sLow = v * (difference - sHigh * tHigh - sHigh * tLow)
    // log(a)
    let s2 = ss * ss
    let r = s2 * s2 * (L1 + s2 * (L2 + s2 * (L3 + s2 * (L4 + s2 * (L5 + s2 * L6)))))
    r += sLow * (sHigh + ss)
    s2 = sHigh * sHigh
    tHigh = clearLowWord(3 + s2 + r)
    tLow = r - (tHigh - 3 - s2)
    const u = sHigh * tHigh
    const w = sLow * tHigh + tLow * ss
    const pHigh = clearLowWord(u + w)
    const pLow = w - (pHigh - u)
    const zHigh = CP_HIGH * pHigh
    const dpHigh = around15 ? LOG2_1_5_HIGH : 0
    const zLow = CP_LOW * pHigh + pLow * CP + (around15 ? LOG2_1_5_LOW : 0)
    t1 = clearLowWord(zHigh + zLow + dpHigh + n)
    t2 = zLow - (t1 - n - dpHigh - zHigh)
  }

  const yHigh = clearLowWord(y)
  const pLow = (y - yHigh) * t1 + y * t2
  let pHigh = yHigh * t1
  const z = pLow + pHigh
  if (z > 1024 || (z === 1024 && pLow + OVERFLOW_TAIL > z - pHigh)) return sign * Number.POSITIVE_INFINITY
  if (z < -1075 || (z === -1075 && pLow <= z - pHigh)) return sign * 0

  let n = 0
  if (Math.abs(z) > 0.5) {
    n = Math.floor(z + 0.5)
    pHigh -= n
  }
  const t = clearLowWord(pLow + pHigh)
  const u = t * LN2_HIGH
  const v = (pLow - (t - pHigh)) * LN2 + t * LN2_LOW
  const w = u + v
  const tail = v - (w - u)
  const square = w * w
  const c = w - square * (EXP_1 + square * (EXP_2 + square * (EXP_3 + square * (EXP_4 + square * EXP_5))))
  const result = 1 - ((w * c) / (c - 2) - (tail + w * tail) - w)
  return sign * scale(result, n)
}

function isOddInteger(y: number): boolean {
  const a = Math.abs(y)
  // From 2^53 on every double is an even integer.
  return a < TWO_53 && Math.floor(a) === a && a % 2 === 1
}
