/** Drops requests at the head of a queue by how long they have waited. */

/** State of one queue; times never decrease. */
export interface DelayShedder {
  /** A request comes to the head after `delay` seconds, `waiting` stand behind it: whether it is dropped. */
  drops(now: number, delay: number, waiting: number): boolean
  save(): unknown
  load(state: unknown): void
}

export type DelayParams = {
  /** Seconds. */
  readonly target: number
  readonly interval: number
}
