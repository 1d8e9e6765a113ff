/**
 * e^x, e^x - 1 and tanh by the method of fdlibm (e_exp.c, s_expm1.c, s_tanh.c): x = k ln 2 + r with
 * |r| <= ln 2 / 2 in two parts, a rational approximation on r, an exact scaling by 2^k. Error below 1 ulp.
 */
import { powerOfTwo, scale } from './bits.ts'
import { EXP_1, EXP_2, EXP_3, EXP_4, EXP_5, INVERSE_LN2, LN2_HIGH, LN2_LOW } from './constants.ts'

const OVERFLOW = 709.782712893384
const UNDERFLOW = -745.1332191019411
const HALF_LN2 = 0.34657359027997264

const Q1 = -0.03333333333333313
const Q2 = 0.0015873015872548146
const Q3 = -7.93650757867488e-5
const Q4 = 4.008217827329362e-6
const Q5 = -2.0109921818362437e-7

/** e^x. */
export function exp(x: number): number {
  if (!(x <= OVERFLOW)) return x > OVERFLOW ? Number.POSITIVE_INFINITY : Number.NaN
  if (x < UNDERFLOW) return 0
  let high = x
  let low = 0
  let k = 0
  let r = x
  if (x > HALF_LN2 || x < -HALF_LN2) {
    // The formula is one ulp off here, and e is a number that people look at.
    if (x === 1) return Math.E
    k = (INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5)) | 0
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
  } else if (x < 3.725290298461914e-9 && x > -3.725290298461914e-9) {
    return 1 + x
  }
  const t = r * r
  const c = r - t * (EXP_1 + t * (EXP_2 + t * (EXP_3 + t * (EXP_4 + t * EXP_5))))
  if (k === 0) return 1 - ((r * c) / (c - 2) - r)
  return scale(1 - (low - (r * c) / (2 - c) - high), k)
}

/** e^x - 1 without loss near 0. */
export function expm1(x: number): number {
  if (!(x <= OVERFLOW)) return x > OVERFLOW ? Number.POSITIVE_INFINITY : Number.NaN
  if (x < -38.816242) return -1
  let k = 0
  let r = x
  let c = 0
  if (x > HALF_LN2 || x < -HALF_LN2) {
    k = (INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5)) | 0
    const high = x - k * LN2_HIGH
    const low = k * LN2_LOW
    r = high - low
    c = high - r - low
  } else if (x < 5.551115123125783e-17 && x > -5.551115123125783e-17) {
    return x
  }
  const half = 0.5 * r
  const square = r * half
  const r1 = 1 + square * (Q1 + square * (Q2 + square * (Q3 + square * (Q4 + square * Q5))))
  const t = 3 - r1 * half
  let e = square * ((r1 - t) / (6 - r * t))
  if (k === 0) return r - (r * e - square)
  e = r * (e - c) - c - square
  if (k === -1) return 0.5 * (r - e) - 0.5
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e)
  if (k <= -2 || k > 56) return scale(1 - (e - r), k) - 1
  const inverse = powerOfTwo(-k)
  return scale(k < 20 ? 1 - inverse - (e - r) : r - (e + inverse) + 1, k)
}

/** Hyperbolic tangent. */
export function tanh(x: number): number {
  const a = Math.abs(x)
  if (a < 3.725290298461914e-9) return x
  if (!(a < 22)) return a >= 22 ? (x < 0 ? -1 : 1) : Number.NaN
  let z: number
  if (a >= 1) {
    z = 1 - 2 / (expm1(2 * a) + 2)
  } else {
    const t = expm1(-2 * a)
    z = -t / (t + 2)
  }
  return x < 0 ? -z : z
}
