/** The logarithm of the gamma function by Stirling's series (Abramowitz and Stegun 6.1.41), shifted to x >= 10. */
import { log } from './math.ts'

const HALF_LN_TWO_PI = 0.9189385332046728

/** ln Gamma(x) for x > 0. */
export function logGamma(x: number): number {
  let shifted = x
  let product = 1
  while (shifted < 10) product *= shifted++
  const inverse = 1 / shifted
  const z = inverse * inverse
  const series =
    inverse * (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360))))))
  return (shifted - 0.5) * log(shifted) - shifted + HALF_LN_TWO_PI + series - log(product)
}
