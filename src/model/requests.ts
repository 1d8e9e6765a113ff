/**
 * The requests of all clients: made, followed to exactly one outcome, counted and measured. `latency`, phases and
 * the window's counts cover requests that were meant to be sent at or after the warm-up.
 */

import type { Kernel } from '../engine/kernel.ts'
import { FLOAT_ZERO, loadFields, saveFields } from '../engine/typed.ts'
import { Gauges } from '../metrics/gauges.ts'
import { LatencyBatch } from '../metrics/latency-batch.ts'
import type { LatencyRecorder, LatencyState } from '../metrics/latency-recorder.ts'
import { OUTCOMES, type Outcome } from '../results/types.ts'
import type { Callers } from './callers.ts'
import type { Compiled } from './compile/compiled.ts'
import type { Legs } from './legs.ts'
import { REQUEST } from './legs.ts'
import type { Workloads } from './workloads.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const DEADLINE = OUTCOMES.indexOf('deadline')
const COUNT = OUTCOMES.length

/** What is counted or summed by class, in the order of `Requests.block`. */
const CREATED = 0
const SENT_IN_WINDOW = 1
const ENDED_IN_WINDOW = 2
const ANSWERED = 3
const ANSWERED_SECONDS = 4
const BY_CLASS = 5

/** Length of `Requests.recent`, a power of two. */
export const RECENT = 8

/** A finished request, as a listener sees it. */
export type RequestRecord = {
  readonly workload: string
  readonly class: string
  /** From 0 within its workload. */
  readonly number: number
  readonly start: number
  readonly end: number
  readonly outcome: Outcome
  readonly attempts: number
}

export class Requests implements Part {
  /** Requests without outcome. */
  readonly open: Gauges
  /** The same by `classWeight`, where some class counts for more or less than one. */
  private weighted = false
  readonly weightedOpen: Gauges
  readonly created: Float64Array
  /** [class x outcomes]. */
  readonly outcomes: Float64Array
  /** The counts and sums by class, one after the other, and `outcomes`: what changes at once lies in one array. */
  private readonly block: Float64Array
  private readonly classes: number
  /** The last requests that ended: class x outcomes of request number i (in the order of ends) at i modulo RECENT. */
  readonly recent: Int32Array = new Int32Array(RECENT)
  readonly latencies: LatencyBatch
  /** By class: how many latencies were recorded and their sum, seconds. Also in snapshots without metrics. */
  readonly answered: Float64Array
  readonly answeredSeconds: Float64Array
  /** Sent, and ended ok, within [warmup, horizon): the second whenever it was sent. */
  readonly sentInWindow: Float64Array
  readonly endedInWindow: Float64Array
  okInWindow = 0
  /** Sent within the window and ended otherwise than ok. */
  errorsInWindow = 0
  okTotal = 0
  errorTotal = 0
  listener: ((record: RequestRecord) => void) | undefined
  /** Told of every request, by workload and number, when it becomes late or fails, once and before `listener`. */
  onLate: ((workload: number, number: number) => void) | undefined
  /** Follows lateness: every request older than this many seconds counts as late. */
  lateAfter: number = Number.POSITIVE_INFINITY
  /** By class: seconds that a failed request counts for in `failureCharge`, less its age. */
  readonly failureCost: Float64Array
  readonly classWeight: Float64Array
  failureCharge: number = FLOAT_ZERO
  /** Requests that became late or failed, each once, by weight. */
  late = 0
  /** One per scaler: what ended in its running interval. */
  readonly intervals: IntervalStats[] = []
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly compiled: Compiled
  private readonly horizon: number
  private callers!: Callers
  private workloads!: Workloads
  private readonly warmup: number
  /** By class. */
  private readonly deadlines: Float64Array
  private readonly workloadOf: Int32Array
  private readonly deadlineKind: number
  private readonly lateKind: number
  /** 1 once the request counted as late. */
  private isLate: Int32Array = new Int32Array(0)

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.compiled = world.compiled
    this.horizon = world.horizon
    const { compiled, kernel, legs } = world
    const classes = compiled.classes.length
    this.warmup = compiled.scenario.warmup
    this.open = new Gauges(1)
    this.weightedOpen = new Gauges(1)
    this.deadlines = Float64Array.from(compiled.classes, ({ deadline }) => deadline)
    this.workloadOf = Int32Array.from(compiled.classes, ({ workload }) => workload)
    this.classes = classes
    this.block = new Float64Array(classes * (BY_CLASS + COUNT))
    const part = (i: number): Float64Array => this.block.subarray(i * classes, (i + 1) * classes)
    this.created = part(CREATED)
    this.sentInWindow = part(SENT_IN_WINDOW)
    this.endedInWindow = part(ENDED_IN_WINDOW)
    this.answered = part(ANSWERED)
    this.answeredSeconds = part(ANSWERED_SECONDS)
    this.outcomes = this.block.subarray(BY_CLASS * classes)
    this.classWeight = new Float64Array(classes).fill(1)
    this.failureCost = new Float64Array(classes)
    this.latencies = new LatencyBatch(classes, compiled.cells.length)
    legs.int32((array) => {
      this.isLate = array
    })
    this.deadlineKind = kernel.on('a deadline', (row, generation) => this.deadline(row, generation))
    this.lateKind = kernel.on('a request becomes late', (row, generation) => this.becameLate(row, generation))
  }

  wire(): void {
    const { callers, workloads } = this.world
    this.callers = callers
    this.workloads = workloads
  }

  /** What a request of each class counts for in charges and in the time that requests are open. Before the run. */
  weigh(weights: readonly number[]): void {
    this.classWeight.set(weights)
    this.weighted = weights.some((weight) => weight !== 1)
  }

  /** Seconds so far that requests were open, each by the weight of its class. */
  openSeconds(now: number): number {
    return (this.weighted ? this.weightedOpen : this.open).total(0, now)
  }

  /** A client means to send request `number` of class `cls` now. */
  create(workload: number, number: number, cls: number): void {
    const { legs, kernel, callers, horizon } = this
    const { now } = kernel
    const row = legs.alloc()
    legs.kind[row] = REQUEST
    legs.parent[row] = -1
    legs.number[row] = number
    legs.path[row] = 0
    legs.cls[row] = cls
    legs.start[row] = now
    legs.since[row] = now
    this.isLate[row] = 0
    const { block, classes } = this
    block[CREATED * classes + cls]!++
    if (now >= this.warmup && now < horizon) block[SENT_IN_WINDOW * classes + cls]!++
    this.open.add(0, 1, now)
    if (this.weighted) this.weightedOpen.add(0, this.classWeight[cls]!, now)
    const deadline = this.deadlines[cls]!
    if (deadline < Number.POSITIVE_INFINITY) {
      kernel.at(now + deadline, this.deadlineKind, row, legs.generation[row]!)
    }
    if (this.lateAfter < Number.POSITIVE_INFINITY) {
      kernel.at(now + this.lateAfter, this.lateKind, row, legs.generation[row]!)
    }
    callers.begin(row, workload)
  }

  /** The one outcome of a request; `leg` answered it (-1: none did). */
  finish(row: number, outcome: number, leg: number): void {
    const { legs, kernel, horizon } = this
    const { now } = kernel
    const cls = legs.cls[row]!
    const start = legs.start[row]!
    const age = now - start
    const key = cls * COUNT + outcome
    const { block, classes } = this
    block[BY_CLASS * classes + key]!++
    this.recent[(this.okTotal + this.errorTotal) & (RECENT - 1)] = key
    this.open.add(0, -1, now)
    if (this.weighted) this.weightedOpen.add(0, -this.classWeight[cls]!, now)
    if (start >= this.warmup && start < horizon) {
      block[ENDED_IN_WINDOW * classes + cls]!++
      if (outcome !== OK) this.errorsInWindow++
    }
    if (outcome === OK) {
      this.okTotal++
      if (now >= this.warmup && now < horizon) this.okInWindow++
      if (start >= this.warmup) {
        this.latencies.record(cls, age, legs.phases, leg)
        const seconds = ANSWERED_SECONDS * classes + cls
        block[ANSWERED * classes + cls]!++
        block[seconds] = block[seconds]! + age
      }
    } else {
      this.errorTotal++
      this.failureCharge += this.classWeight[cls]! * Math.max(0, this.failureCost[cls]! - age)
    }
    if (this.isLate[row] === 0 && outcome !== OK) this.countLate(row)
    for (let i = 0; i < this.intervals.length; i++) {
      this.intervals[i]!.ended(age, outcome !== OK, this.isLate[row] === 1)
    }
    if (this.listener !== undefined) this.tell(row, outcome, this.listener)
    this.workloads.ended(this.workloadOf[cls]!, legs.number[row]!)
    legs.release(row)
  }

  private tell(row: number, outcome: number, listener: (record: RequestRecord) => void): void {
    const { legs, compiled } = this
    const { name, workload } = compiled.classes[legs.cls[row]!]!
    listener({
      workload: compiled.scenario.workloads[workload]!.name,
      class: name,
      number: legs.number[row]!,
      start: legs.start[row]!,
      end: this.kernel.now,
      outcome: OUTCOMES[outcome]!,
      attempts: legs.attempt[row]!,
    })
  }

  private deadline(row: number, generation: number): void {
    const { legs, callers } = this
    if (legs.generation[row] !== generation) return
    callers.abandon(row, DEADLINE)
    this.finish(row, DEADLINE, -1)
  }

  private becameLate(row: number, generation: number): void {
    if (this.legs.generation[row] === generation && this.isLate[row] === 0) this.countLate(row)
  }

  private countLate(row: number): void {
    this.isLate[row] = 1
    const cls = this.legs.cls[row]!
    this.late += this.classWeight[cls]!
    this.onLate?.(this.workloadOf[cls]!, this.legs.number[row]!)
    for (const interval of this.intervals) interval.late++
  }

  /** The latencies of each class. */
  get recorders(): readonly LatencyRecorder[] {
    return this.latencies.recorders
  }

  /** Open requests of class `cls` that count for the measured window. */
  censored(): number {
    let sum = 0
    for (let c = 0; c < this.created.length; c++) sum += this.sentInWindow[c]! - this.endedInWindow[c]!
    return sum
  }

  /** Requests of class `cls` without outcome. */
  openOf(cls: number): number {
    let sum = this.created[cls]!
    for (let i = 0; i < COUNT; i++) sum -= this.outcomes[cls * COUNT + i]!
    return sum
  }

  /** Seconds that the requests that ended ok spent in these cells. */
  secondsIn(cells: readonly number[]): number {
    let sum = 0
    for (const { phaseSums } of this.recorders) {
      for (let k = 0; k < cells.length; k++) sum += phaseSums[cells[k]!]!
    }
    return sum
  }

  get createdTotal(): number {
    let sum = 0
    for (let c = 0; c < this.created.length; c++) sum += this.created[c]!
    return sum
  }

  /** `metrics` false: without the latencies, by far the largest part. */
  save(metrics = true): unknown {
    return {
      ...saveFields(this as unknown as Record<string, unknown>, FIELDS),
      open: this.open.save(),
      weightedOpen: this.weightedOpen.save(),
      recorders: metrics ? this.recorders.map((recorder) => recorder.save()) : undefined,
      intervals: this.intervals.map((interval) => interval.save()),
    }
  }

  restore(state: unknown): void {
    const from = state as Record<string, unknown>
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
    this.open.load(from.open)
    this.weightedOpen.load(from.weightedOpen)
    // A snapshot without metrics has no latencies.
    const recorders = from.recorders as LatencyState[] | undefined
    this.recorders.forEach((recorder, i) => {
      if (recorders !== undefined) recorder.load(recorders[i]!)
      else if (recorder.count > 0) recorder.clear()
    })
    this.intervals.forEach((interval, i) => {
      interval.load((from.intervals as unknown[])[i])
    })
  }
}

const FIELDS = [
  'created',
  'outcomes',
  'recent',
  'answered',
  'answeredSeconds',
  'sentInWindow',
  'endedInWindow',
  'okInWindow',
  'errorsInWindow',
  'okTotal',
  'errorTotal',
  'lateAfter',
  'failureCost',
  'weighted',
  'classWeight',
  'failureCharge',
  'late',
]

/** What the requests that were decided in an interval say to a scaler. */
export class IntervalStats {
  late = 0
  inTime = 0
  private finished = 0
  private failedCount = 0
  private latencies: number[] = []

  ended(latency: number, failed: boolean, late: boolean): void {
    this.finished++
    if (failed) this.failedCount++
    else this.latencies.push(latency)
    if (!late) this.inTime++
  }

  get lateFraction(): number {
    const decided = this.late + this.inTime
    return decided === 0 ? 0 : this.late / decided
  }

  get failedFraction(): number {
    return this.finished === 0 ? 0 : this.failedCount / this.finished
  }

  /** Of the answers of the interval, R-7; 0 if there is none. */
  get p95(): number {
    const sorted = Float64Array.from(this.latencies).sort()
    if (sorted.length === 0) return 0
    const rank = 0.95 * (sorted.length - 1)
    const low = Math.floor(rank)
    const value = sorted[low]!
    return low + 1 < sorted.length ? value + (rank - low) * (sorted[low + 1]! - value) : value
  }

  restart(): void {
    this.late = 0
    this.inTime = 0
    this.finished = 0
    this.failedCount = 0
    this.latencies = []
  }

  save(): unknown {
    return {
      late: this.late,
      inTime: this.inTime,
      finished: this.finished,
      failedCount: this.failedCount,
      latencies: [...this.latencies],
    }
  }

  load(state: unknown): void {
    Object.assign(this, structuredCopy(state))
  }
}

function structuredCopy(state: unknown): Record<string, unknown> {
  const from = state as Record<string, unknown>
  return { ...from, latencies: [...(from.latencies as number[])] }
}
