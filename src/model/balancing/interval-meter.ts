/**
 * What a balancer measures from one look to the next, for those who set its weights: per slot the time averages of what is
 * in flight and available, and the answers that came back; per class what arrived.
 */
import { loadFields, saveFields } from '../../engine/typed.ts'

export class IntervalMeter {
  /** Start of the interval, seconds. */
  since: number
  /** Requests of each class that reached the balancer and could be sent on. */
  readonly arrivals: Float64Array
  /** Answers by slot, failed ones among them, and the sum of their response times in seconds. */
  readonly answers: Float64Array
  readonly failures: Float64Array
  readonly response: Float64Array
  /** By slot, in units x seconds up to `changedAt`: requests and mean demands in flight, availability. */
  private readonly inFlightArea: Float64Array
  private readonly workArea: Float64Array
  private readonly availableArea: Float64Array
  private readonly changedAt: Float64Array

  constructor(slots: number, classes: number, now: number) {
    this.since = now
    this.arrivals = new Float64Array(classes)
    this.answers = new Float64Array(slots)
    this.failures = new Float64Array(slots)
    this.response = new Float64Array(slots)
    this.inFlightArea = new Float64Array(slots)
    this.workArea = new Float64Array(slots)
    this.availableArea = new Float64Array(slots)
    this.changedAt = new Float64Array(slots).fill(now)
  }

  /** These have been the slot's values until now. */
  held(slot: number, inFlight: number, work: number, available: number, now: number): void {
    const span = now - this.changedAt[slot]!
    if (span === 0) return
    this.inFlightArea[slot] = this.inFlightArea[slot]! + span * inFlight
    this.workArea[slot] = this.workArea[slot]! + span * work
    this.availableArea[slot] = this.availableArea[slot]! + span * available
    this.changedAt[slot] = now
  }

  answered(slot: number, response: number, failed: boolean): void {
    this.answers[slot]!++
    if (failed) this.failures[slot]!++
    this.response[slot] = this.response[slot]! + response
  }

  /** Time averages since `since`; call `held` with the present values before. They are 0 where no time has passed. */
  inFlight(slot: number, now: number): number {
    return now > this.since ? this.inFlightArea[slot]! / (now - this.since) : 0
  }

  work(slot: number, now: number): number {
    return now > this.since ? this.workArea[slot]! / (now - this.since) : 0
  }

  available(slot: number, now: number): number {
    return now > this.since ? this.availableArea[slot]! / (now - this.since) : 0
  }

  /** The next interval starts. */
  restart(now: number): void {
    this.since = now
    const { arrivals, answers, failures, response, inFlightArea, workArea, availableArea } = this
    for (const counts of [arrivals, answers, failures, response, inFlightArea, workArea, availableArea])
      counts.fill(0)
    this.changedAt.fill(now)
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = [
  'since',
  'arrivals',
  'answers',
  'failures',
  'response',
  'inFlightArea',
  'workArea',
  'availableArea',
  'changedAt',
]
