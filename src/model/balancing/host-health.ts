/**
 * What a balancer makes of the answers of its hosts, after Envoy's outlier detection: a host that fails several times
 * in a row, or much more often than the others, is ejected for a while. Where too few hosts are left, all of them get
 * traffic again (panic): ejected and crashed ones too.
 */
import { loadFields, saveFields } from '../../engine/typed.ts'
import type { OutlierDetection } from '../../scenario/types.ts'

export class HostHealth {
  /** 1: ejected. */
  readonly ejected: Uint8Array
  /** Ejections so far, and hosts that are ejected now. */
  ejections = 0
  active = 0
  /** Traffic goes to all hosts now, and how often that has begun. */
  panicking = false
  panics = 0
  private readonly spec: OutlierDetection | undefined
  private readonly threshold: number
  private readonly ejectedAt: Float64Array
  /** Grows with each ejection and falls by one at each sweep that finds the host in rotation. */
  private readonly times: Int32Array
  private readonly inARow: Int32Array
  /** Since the last sweep. */
  private readonly succeeded: Int32Array
  private readonly answers: Int32Array

  constructor(n: number, spec: OutlierDetection | undefined, panicThreshold: number) {
    this.spec = spec
    this.threshold = panicThreshold
    this.ejected = new Uint8Array(n)
    this.ejectedAt = new Float64Array(n)
    this.times = new Int32Array(n)
    this.inARow = new Int32Array(n)
    this.succeeded = new Int32Array(n)
    this.answers = new Int32Array(n)
  }

  /** An answer of a host, one of `hosts` in rotation; true when it is ejected for it. */
  answered(slot: number, failed: boolean, hosts: number, now: number): boolean {
    const { spec } = this
    if (spec === undefined) return false
    this.answers[slot]!++
    if (!failed) {
      this.succeeded[slot]!++
      this.inARow[slot] = 0
      return false
    }
    const failures = ++this.inARow[slot]!
    if (spec.consecutiveFailures === 0 || failures < spec.consecutiveFailures) return false
    return this.eject(slot, hosts, now)
  }

  private eject(slot: number, hosts: number, now: number): boolean {
    if (this.ejected[slot] === 1) return false
    const allowed = this.active === 0 || this.active + 1 <= this.spec!.maxEjectionPercent * hosts + 1e-9
    if (!allowed) return false
    this.ejected[slot] = 1
    this.ejectedAt[slot] = now
    this.times[slot]!++
    this.inARow[slot] = 0
    this.active++
    this.ejections++
    return true
  }

  /** The look at every interval; true when a host was ejected or comes back. `inRotation`: 1 for hosts. */
  sweep(inRotation: Uint8Array, hosts: number, now: number): boolean {
    const { ejected, times } = this
    const spec = this.spec!
    let changed = false
    for (let slot = 0; slot < ejected.length; slot++) {
      if (ejected[slot] === 1) {
        const longest = Math.max(spec.maxEjection, spec.baseEjection)
        if (now - this.ejectedAt[slot]! >= Math.min(spec.baseEjection * times[slot]!, longest) - 1e-9) {
          this.readmit(slot)
          changed = true
        }
      } else if (times[slot]! > 0) {
        times[slot]!--
      }
    }
    if (this.ejectBySuccessRate(inRotation, hosts, now)) changed = true
    this.succeeded.fill(0)
    this.answers.fill(0)
    return changed
  }

  private readmit(slot: number): void {
    this.ejected[slot] = 0
    this.inARow[slot] = 0
    this.active--
  }

  private ejectBySuccessRate(inRotation: Uint8Array, hosts: number, now: number): boolean {
    const { stdev, hosts: least, requests } = this.spec!.successRate
    const slots: number[] = []
    inRotation.forEach((host, slot) => {
      if (host === 1 && this.answers[slot]! >= requests) slots.push(slot)
    })
    if (slots.length < least || slots.length === 0) return false
    const rates = slots.map((slot) => this.succeeded[slot]! / this.answers[slot]!)
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
    const variance = rates.reduce((sum, rate) => sum + (rate - mean) * (rate - mean), 0) / rates.length
    const bound = mean - stdev * Math.sqrt(variance)
    let changed = false
    slots.forEach((slot, i) => {
      if (rates[i]! < bound && this.eject(slot, hosts, now)) changed = true
    })
    return changed
  }

  /** Whether all `hosts` get traffic, when `healthy` of them would. */
  updatePanic(hosts: number, healthy: number): void {
    const panicking = healthy < this.threshold * hosts
    if (panicking && !this.panicking) this.panics++
    this.panicking = panicking
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = [
  'ejected',
  'ejections',
  'active',
  'panicking',
  'panics',
  'ejectedAt',
  'times',
  'inARow',
  'succeeded',
  'answers',
]
