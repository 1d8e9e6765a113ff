/**
 * Latencies of all classes on their way to their recorders. A recorder spreads each over tables that a simulation seldom
 * has in its cache, so they wait side by side and are recorded some at a time, in the order in which they came.
 */
import { LatencyRecorder } from './latency-recorder.ts'

/** How many wait at most. */
const BATCH = 32
/** What is kept of each before its time by cell: class and latency. */
const HEAD = 2

export class LatencyBatch {
  private readonly all: readonly LatencyRecorder[]
  private readonly cells: number
  private readonly waiting: Float64Array
  private used = 0

  constructor(classes: number, cells: number) {
    this.all = Array.from({ length: classes }, () => new LatencyRecorder(cells))
    this.cells = cells
    this.waiting = new Float64Array(BATCH * (HEAD + cells))
  }

  /** Of a request of class `cls`; `vector[from ...]` is its time by cell. */
  record(cls: number, latency: number, vector: Float64Array, from: number): void {
    const { cells, waiting } = this
    let at = this.used
    waiting[at++] = cls
    waiting[at++] = latency
    for (let i = 0; i < cells; i++) waiting[at++] = vector[from + i]!
    this.used = at
    if (at === waiting.length) this.flush()
  }

  private flush(): void {
    const { all, cells, waiting, used } = this
    this.used = 0
    for (let at = 0; at < used; at += HEAD + cells) {
      all[waiting[at]!]!.record(waiting[at + 1]!, waiting, at + HEAD)
    }
  }

  /** By class, with all latencies so far. */
  get recorders(): readonly LatencyRecorder[] {
    this.flush()
    return this.all
  }
}
