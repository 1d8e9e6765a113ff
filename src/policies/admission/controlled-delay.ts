/**
 * Facebook's form of controlled delay: when even the shortest wait of an `interval` was above the `target`, requests
 * that waited more than twice the target are dropped during the next one. The first request of an interval is never
 * dropped. (folly `Codel`; Maurer, "Fail at Scale", ACM Queue 2015.)
 */
import type { DelayParams, DelayShedder } from './delay-shedder.ts'

const SLOUGH = 2

export class ControlledDelay implements DelayShedder {
  private readonly target: number
  private readonly interval: number
  private intervalEnd = 0
  private shortest = 0
  private overloaded = 0

  constructor({ target, interval }: DelayParams) {
    this.target = target
    this.interval = interval
  }

  drops(now: number, delay: number): boolean {
    if (now > this.intervalEnd) {
      this.intervalEnd = now + this.interval
      this.overloaded = this.shortest > this.target ? 1 : 0
      this.shortest = delay
      return false
    }
    if (delay < this.shortest) this.shortest = delay
    return this.overloaded === 1 && delay > SLOUGH * this.target
  }

  save(): unknown {
    const { intervalEnd, shortest, overloaded } = this
    return { intervalEnd, shortest, overloaded }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}
