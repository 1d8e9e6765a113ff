/**
 * Access to the bits of a double, and exact powers of two. Shared by the elementary functions;
 * every engine that runs JavaScript is little-endian, but the order of the words is looked up anyway.
 */
const double: Float64Array = new Float64Array(1)
const words: Int32Array = new Int32Array(double.buffer)
double[0] = 1
const HIGH: 0 | 1 = words[1] === 0 ? 0 : 1
const LOW: 0 | 1 = HIGH === 1 ? 0 : 1

/** 2^(i - 1074) at index i, the subnormal ones included. */
const powersOfTwo: Float64Array = new Float64Array(2098)
for (let i = 1074, power = 1; i < 2098; i++, power *= 2) powersOfTwo[i] = power
for (let i = 1074, power = 1; i >= 0; i--, power /= 2) powersOfTwo[i] = power

/** Sign, exponent and the upper 20 bits of the significand, as an int32. */
export function highWord(x: number): number {
  double[0] = x
  return words[HIGH]!
}

/** The double with this high word and a low word of zero. */
export function fromHighWord(high: number): number {
  words[HIGH] = high
  words[LOW] = 0
  return double[0]!
}

/** x with the lower 32 bits of its significand cleared. */
export function clearLowWord(x: number): number {
  double[0] = x
  words[LOW] = 0
  return double[0]!
}

/** 2^k for -1074 <= k <= 1023. */
export function powerOfTwo(k: number): number {
  return powersOfTwo[k + 1074]!
}

/** y x 2^k with one rounding, for y in [0.5, 2] and -1100 <= k <= 1024. */
export function scale(y: number, k: number): number {
  if (k === 1024) return y * 2 * powerOfTwo(1023)
  if (k < -1021) return y * powerOfTwo(k + 1000) * powerOfTwo(-1000)
  return y * powerOfTwo(k)
}
