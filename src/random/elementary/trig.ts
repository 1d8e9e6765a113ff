/** Sine and cosine by the method of fdlibm (k_sin.c, k_cos.c): a polynomial on [-pi/4, pi/4]. Error below 1 ulp. */
import { reduce, reduced } from './reduce.ts'

const S1 = -0.16666666666666632
const S2 = 0.00833333333332249
const S3 = -0.0001984126982985795
const S4 = 2.7557313707070068e-6
const S5 = -2.5050760253406863e-8
const S6 = 1.58969099521155e-10

const C1 = 0.0416666666666666
const C2 = -0.001388888888887411
const C3 = 2.480158728947673e-5
const C4 = -2.7557314351390663e-7
const C5 = 2.087572321298175e-9
const C6 = -1.1359647557788195e-11

const QUARTER_PI = 0.7853981633974483

/** Sine of x radians; NaN for an infinite x. */
export function sin(x: number): number {
  if (x <= QUARTER_PI && x >= -QUARTER_PI) return sineKernel(x, 0)
  if (x - x !== 0) return Number.NaN
  reduce(x)
  const { quadrant, y0, y1 } = reduced
  const value = (quadrant & 1) === 0 ? sineKernel(y0, y1) : cosineKernel(y0, y1)
  return quadrant > 1 ? -value : value
}

/** Cosine of x radians; NaN for an infinite x. */
export function cos(x: number): number {
  if (x <= QUARTER_PI && x >= -QUARTER_PI) return cosineKernel(x, 0)
  if (x - x !== 0) return Number.NaN
  reduce(x)
  const { quadrant, y0, y1 } = reduced
  const value = (quadrant & 1) === 0 ? cosineKernel(y0, y1) : sineKernel(y0, y1)
  return quadrant === 1 || quadrant === 2 ? -value : value
}

function sineKernel(x: number, y: number): number {
  if (x < 7.450580596923828e-9 && x > -7.450580596923828e-9) return x
  const z = x * x
  const v = z * x
  const r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))
  return y === 0 ? x + v * (S1 + z * r) : x - (z * (0.5 * y - v * r) - y - v * S1)
}

function cosineKernel(x: number, y: number): number {
  const z = x * x
  const w = z * z
  const r = z * (C1 + z * (C2 + z * C3)) + w * w * (C4 + z * (C5 + z * C6))
  const half = 0.5 * z
  const one = 1 - half
  return one + (1 - one - half + (z * r - x * y))
}
