/**
 * Natural logarithms by the method of fdlibm (e_log.c, s_log1p.c): x = 2^k (1 + f) with 1 + f in
 * [sqrt(1/2), sqrt(2)), then log(1 + f) = 2 atanh(f / (2 + f)) by a minimax polynomial. Error below 1 ulp.
 */
import { highWord, powerOfTwo } from './bits.ts'
import { LN2_HIGH, LN2_LOW } from './constants.ts'

const L1 = 0.6666666666666735
const L2 = 0.3999999999940942
const L3 = 0.2857142874366239
const L4 = 0.22222198432149784
const L5 = 0.1818357216161805
const L6 = 0.15313837699209373
const L7 = 0.14798198605116586

const TWO_54 = 18014398509481984
const TWO_53 = 9007199254740992
/** 2^-20: below it three terms of the series are exact enough. */
const SMALL = 9.5367431640625e-7

/** ln x; -Infinity at 0 and NaN below. */
export function log(x: number): number {
  const high = highWord(x)
  // As small as it can be, so that it is inlined where durations are drawn.
  return high < 0x00100000 || high >= 0x7ff00000 ? logOfRare(x) : logOfNormal(x, high, 0)
}

/** Zero, what is below it, subnormal numbers, Infinity and NaN. */
function logOfRare(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (!(x > 0)) return Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  const a = x * TWO_54
  return logOfNormal(a, highWord(a), -54)
}

/** ln(a 2^k), `high` being the high word of a. */
function logOfNormal(a: number, high: number, k: number): number {
  const mantissa = high & 0xfffff
  const exponent = (high >> 20) - 1023 + ((mantissa + 0x95f64) >> 20)
  const n = k + exponent
  const f = a * powerOfTwo(-exponent) - 1
  // One comparison: f is as often below 0 as above.
  if (Math.abs(f) < SMALL) return logNearPower(f, n)
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const r = z * (L1 + w * (L3 + w * (L5 + w * L7))) + w * (L2 + w * (L4 + w * L6))
  if (((mantissa - 0x6147a) | (0x6b851 - mantissa)) > 0) {
    const half = 0.5 * f * f
    return n * LN2_HIGH - (half - (s * (half + r) + n * LN2_LOW) - f)
  }
  return n * LN2_HIGH - (s * (f - r) - n * LN2_LOW - f)
}

/** ln((1 + f) 2^n) of a tiny f. */
function logNearPower(f: number, n: number): number {
  if (f === 0) return n * LN2_HIGH + n * LN2_LOW
  const r = f * f * (0.5 - 0.3333333333333333 * f)
  return n * LN2_HIGH - (r - n * LN2_LOW - f)
}

/** ln(1 + x) without loss near 0; -Infinity at -1 and NaN below. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  let k = 0
  let f = x
  let correction = 0
  if (x < 0.41421356 && x > -0.29289322) {
    if (x < 1.862645149230957e-9 && x > -1.862645149230957e-9) {
      return x < 5.551115123125783e-17 && x > -5.551115123125783e-17 ? x : x - x * x * 0.5
    }
  } else {
    const u = x < TWO_53 ? 1 + x : x
    const high = highWord(u)
    k = (high >> 20) - 1023
    if (x < TWO_53) correction = (k > 0 ? 1 - (u - x) : x - (u - 1)) / u
    if ((high & 0xfffff) >= 0x6a09e) k++
    f = u * powerOfTwo(-k) - 1
  }
  const half = 0.5 * f * f
  if (k !== 0 && Math.abs(f) < SMALL) {
    if (f === 0) return k * LN2_HIGH + (correction + k * LN2_LOW)
    const r = half * (1 - 0.6666666666666666 * f)
    return k * LN2_HIGH - (r - (k * LN2_LOW + correction) - f)
  }
  const s = f / (2 + f)
  const z = s * s
  const r = z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * (L6 + z * L7))))))
  return k * LN2_HIGH - (half - (s * (half + r) + (k * LN2_LOW + correction)) - f)
}
