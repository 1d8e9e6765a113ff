/**
 * Argument reduction for sine and cosine: x = n pi/2 + (y0 + y1) with |y0| <= pi/4. Up to 2^20 pi/2 by
 * Cody and Waite's subtraction with up to three parts of pi/2 (fdlibm's e_rem_pio2.c); beyond that
 * exactly, in integers of any length, after Payne and Hanek.
 */
import { highWord } from './bits.ts'

const INVERSE_HALF_PI = 0.6366197723675814
/** pi/2 = A + B + C + rest; each part has 33 bits, each tail is what remains after it. */
const A = 1.5707963267341256
const A_TAIL = 6.077100506506192e-11
const B = 6.077100506303966e-11
const B_TAIL = 2.0222662487959506e-21
const C = 2.0222662487111665e-21
const C_TAIL = 8.4784276603689e-32

/** 2^20 pi/2, up to where the products with the parts are exact. */
const MEDIUM = 1647099

/** The quadrant and the two parts that `reduce` found. */
export const reduced: { quadrant: number; y0: number; y1: number } = { quadrant: 0, y0: 0.5, y1: 0.5 }

/** Fills `reduced`; x must be finite. */
export function reduce(x: number): void {
  if (Math.abs(x) > MEDIUM) {
    reduceHuge(x)
    return
  }
  const n = Math.round(x * INVERSE_HALF_PI)
  const exponent = (highWord(x) >> 20) & 0x7ff
  let r = x - n * A
  let w = n * A_TAIL
  let y0 = r - w
  if (exponent - ((highWord(y0) >> 20) & 0x7ff) > 16) {
    let t = r
    w = n * B
    r = t - w
    w = n * B_TAIL - (t - r - w)
    y0 = r - w
    if (exponent - ((highWord(y0) >> 20) & 0x7ff) > 49) {
      t = r
      w = n * C
      r = t - w
      w = n * C_TAIL - (t - r - w)
      y0 = r - w
    }
  }
  reduced.quadrant = n & 3
  reduced.y0 = y0
  reduced.y1 = r - y0 - w
}

/** floor(2/pi x 2^1280). */
const TWO_OVER_PI = BigInt(
  '0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921c' +
    'fe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980f' +
    'ef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d08' +
    '56033046fc7b6babf0cfbc209af4361d',
)
/** floor(pi/2 x 2^256). */
const HALF_PI = BigInt('0x1921fb54442d18469898cc51701b839a252049c1114cf98e804177d4c76273644')

/** Some microseconds; nothing in a simulation gets here. */
function reduceHuge(x: number): void {
  const a = Math.abs(x)
  const exponent = ((highWord(a) >> 20) & 0x7ff) - 1075
  let significand = a
  for (let k = exponent; k > 0; k--) significand /= 2
  for (let k = exponent; k < 0; k++) significand *= 2
  // a = significand x 2^exponent, so that a x 2/pi = product / 2^fractionBits.
  const product = BigInt(significand) * TWO_OVER_PI
  const fractionBits = BigInt(1280 - exponent)
  const n = (product + (1n << (fractionBits - 1n))) >> fractionBits
  const fraction = product - (n << fractionBits)
  const kept = 220n
  const y = ((fraction >> (fractionBits - kept)) * HALF_PI) >> 256n
  const y0 = Number(y)
  const y1 = Number(y - BigInt(y0))
  const unit = 1 / Number(1n << kept)
  const sign = x < 0 ? -1 : 1
  reduced.quadrant = x < 0 ? Number(-n & 3n) : Number(n & 3n)
  reduced.y0 = sign * y0 * unit
  reduced.y1 = sign * y1 * unit
}
