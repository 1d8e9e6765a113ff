/** Columns of rows for what only some scenarios use at their calling sites. */
import type { Compiled } from './compile/compiled.ts'
import type { Legs } from './legs.ts'

export class CallColumns {
  readonly hedging: boolean
  readonly propagating: boolean
  readonly guarding: boolean
  readonly decorrelated: boolean
  /** Whether some budget counts the retries that are under way. */
  readonly counting: boolean
  /** Leg: the other copy of its attempt that was sent before it; -1. */
  sibling: Int32Array = new Int32Array(0)
  /** Caller: copies sent for its call, and for its attempt. */
  hedged: Int32Array = new Int32Array(0)
  copies: Int32Array = new Int32Array(0)
  /** Leg: when it was sent. */
  sent: Float64Array = new Float64Array(0)
  /** Leg and branch: when the work for it has to end; Infinity. */
  deadline: Float64Array = new Float64Array(0)
  /** Caller: the backoff before. */
  backoff: Float64Array = new Float64Array(0)
  /** Caller: 1 while a retry of its call is under way. */
  retrying: Int32Array = new Int32Array(0)

  constructor({ calls, classes }: Compiled, legs: Legs) {
    this.hedging = calls.some((call) => call.hedge !== undefined)
    this.guarding = calls.some((call) => call.guarded)
    this.propagating = classes.some((item) => item.propagates)
    this.decorrelated = calls.some((call) => call.backoff.jitter === 'decorrelated')
    this.counting = calls.some((call) => call.budget?.kind === 'active')
    if (this.counting) {
      legs.int32((array) => {
        this.retrying = array
      })
    }
    if (this.hedging) {
      legs.int32((array) => {
        this.sibling = array
      })
      legs.int32((array) => {
        this.hedged = array
      })
      legs.int32((array) => {
        this.copies = array
      })
    }
    if (this.guarding) {
      legs.float64((array) => {
        this.sent = array
      })
    }
    if (this.propagating) {
      legs.float64((array) => {
        this.deadline = array
      })
    }
    if (this.decorrelated) {
      legs.float64((array) => {
        this.backoff = array
      })
    }
  }
}
