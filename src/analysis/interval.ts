/** An estimate with a confidence interval around it. */
export type Interval = {
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** Of the interval, e.g. 0.95. */
  readonly level: number
  /** Independent observations behind it. */
  readonly n: number
}
