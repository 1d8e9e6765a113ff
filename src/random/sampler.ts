/**
 * What a distribution becomes before a run: its moments, and a function from uniform numbers to values.
 * Wherever the distribution allows it a value takes one uniform number, by inversion, so that two
 * scenarios which differ in a parameter see corresponding values.
 */

/** Uniform numbers in [0, 1): a `Stream`, or the draws of one site for one request. */
export interface UniformSource {
  next(): number
}

export interface Sampler {
  /** Of the values, exactly; Infinity where it does not exist. */
  readonly mean: number
  /** Coefficient of variation of the values; Infinity where the variance does not exist, 0 where constant. */
  readonly cv: number
  /** Every value equals `mean`, and `sample` draws nothing. */
  readonly constant: boolean
  sample(u: UniformSource): number
}
