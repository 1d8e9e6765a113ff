/** The Knative Pod Autoscaler, after pkg/autoscaler/scaling/autoscaler.go. */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'
import { EPSILON } from './scaling-rules.ts'

type Options = {
  readonly target: number
  readonly stableWindow: number
  readonly panicWindow: number
  readonly panicThreshold: number
  readonly maxUp: number
  readonly maxDown: number
  readonly scaleDownDelay: number
}

/** The concurrency of an interval that ended at `time`, and the replicas wanted then. */
type Sample = { readonly time: number; readonly length: number; readonly concurrency: number }
type Wanted = { readonly time: number; readonly replicas: number }
type State = {
  readonly samples: readonly Sample[]
  readonly wanted: readonly Wanted[]
  readonly panicAt: number | null
  readonly mostInPanic: number
}

class Kpa implements ScalingPolicy {
  private readonly options: Options
  private samples: Sample[] = []
  private wanted: Wanted[] = []
  /** When the load was last above the panic threshold; null: not in panic mode. */
  private panicAt: number | null = null
  private mostInPanic = 0

  constructor(options: Options) {
    this.options = options
  }

  decide(view: ScalingView): number {
    const { time, interval } = view
    const { stableWindow, panicWindow } = this.options
    this.samples.push({ time, length: interval, concurrency: view.meanInFlight })
    this.samples = this.samples.filter((sample) => sample.time > time - stableWindow + EPSILON)
    const decided = this.desired(
      view.ready,
      time,
      this.average(time, stableWindow),
      this.average(time, panicWindow),
    )
    return this.delayed(decided, time)
  }

  /** Weighted by the part of each interval that lies within the window. */
  private average(time: number, window: number): number {
    let sum = 0
    let covered = 0
    for (const { time: end, length, concurrency } of this.samples) {
      const part = Math.min(length, end - (time - window))
      if (part <= EPSILON) continue
      sum += part * concurrency
      covered += part
    }
    return covered > 0 ? sum / covered : 0
  }

  private desired(readyNow: number, time: number, stable: number, panic: number): number {
    const { target, maxUp, maxDown, panicThreshold, stableWindow } = this.options
    const ready = Math.max(1, readyNow)
    const most = Math.ceil(maxUp * ready - EPSILON)
    const least = Math.floor(ready / maxDown + EPSILON)
    const within = (replicas: number): number => Math.min(most, Math.max(least, replicas))
    const panicked = Math.ceil(panic / target - EPSILON)
    let wanted = within(Math.ceil(stable / target - EPSILON))
    if (panicked / ready >= panicThreshold - EPSILON) {
      if (this.panicAt === null) this.mostInPanic = 0
      this.panicAt = time
    } else if (this.panicAt !== null && time >= this.panicAt + stableWindow - EPSILON) {
      this.panicAt = null
    }
    if (this.panicAt === null) return wanted
    wanted = Math.max(wanted, within(panicked), this.mostInPanic)
    this.mostInPanic = wanted
    return wanted
  }

  /** Down only to the most that was wanted within the delay. */
  private delayed(replicas: number, time: number): number {
    const { scaleDownDelay } = this.options
    if (scaleDownDelay === 0) return replicas
    this.wanted = this.wanted.filter((past) => past.time > time - scaleDownDelay + EPSILON)
    this.wanted.push({ time, replicas })
    return Math.max(...this.wanted.map((past) => past.replicas))
  }

  save(): State {
    const { samples, wanted, panicAt, mostInPanic } = this
    return { samples: [...samples], wanted: [...wanted], panicAt, mostInPanic }
  }

  load(state: unknown): void {
    const { samples, wanted, panicAt, mostInPanic } = state as State
    this.samples = [...samples]
    this.wanted = [...wanted]
    this.panicAt = panicAt
    this.mostInPanic = mostInPanic
  }
}

/**
 * `target` requests in a replica at once (Knative's default is 70 % of a concurrency of 100), averaged over a stable
 * and a panic window (seconds). In panic mode, entered when the panic window asks for `panicThreshold` times the ready
 * replicas and left a stable window after that ended, the number never falls. Per decision at most `maxUp` times the
 * ready replicas and at least a `maxDown`-th of them. Knative decides every 2 s: give the scaler that interval.
 */
export const kpa: PolicyDefinition<ScalingPolicy> = {
  name: 'kpa',
  summary: 'The Knative Pod Autoscaler: concurrency over a stable and a panic window.',
  information: 'own',
  defaults: {
    target: 70,
    stableWindow: 60,
    panicWindow: 6,
    panicThreshold: 2,
    maxUp: 1000,
    maxDown: 2,
    scaleDownDelay: 0,
  },
  create(params) {
    const reader = new Params('kpa', params, this.defaults)
    const options: Options = {
      target: reader.number('target', { min: 0, above: true }),
      stableWindow: reader.seconds('stableWindow', { min: 0, above: true }),
      panicWindow: reader.seconds('panicWindow', { min: 0, above: true }),
      panicThreshold: reader.fraction('panicThreshold', { min: 1 }),
      maxUp: reader.number('maxUp', { min: 1, above: true }),
      maxDown: reader.number('maxDown', { min: 1, above: true }),
      scaleDownDelay: reader.seconds('scaleDownDelay'),
    }
    if (options.panicWindow > options.stableWindow) {
      reader.reject(
        `expected at most the stable window of ${options.stableWindow} s, got ${options.panicWindow}`,
        'panicWindow',
      )
    }
    reader.finish()
    return new Kpa(options)
  },
}
