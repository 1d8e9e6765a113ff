/** How many requests a server works on at a time, learnt from how long they take. */

/** State of one server. */
export interface ConcurrencyLimit {
  /** Requests that may be in flight; a whole number. */
  readonly limit: number
  /**
   * A request has ended `rtt` seconds after its admission, at which `inFlight` (itself included) were in flight.
   * `dropped`: it failed or its caller gave up.
   */
  ended(rtt: number, inFlight: number, dropped: boolean): void
  save(): unknown
  load(state: unknown): void
}

/** A constant. */
export class FixedLimit implements ConcurrencyLimit {
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  ended(): void {}

  save(): unknown {
    return null
  }

  load(): void {}
}
