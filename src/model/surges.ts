/**
 * Surges of workloads: at a time or in spells, after a precursor where they announce themselves. Then the rate rises in
 * equal steps from 1 to the precursor's factor over its lead, and after that comes the surge or, of a false alarm,
 * nothing. Surges that overlap multiply.
 */
import { compileDistribution, type Sampler, Stream, type StreamState } from '../random/index.ts'
import type { ScenarioEvent } from '../scenario/types.ts'
import type { Part, World } from './world.ts'

type SurgeEvent = Extract<ScenarioEvent, { kind: 'surge' }>

const CALM = 0
const RISING = 1
const SURGING = 2

/** Of a rise. */
const STEPS = 32

type Surge = {
  readonly event: SurgeEvent
  readonly workload: number
  readonly stream: Stream
  readonly gap: Sampler | undefined
  readonly length: Sampler | undefined
  readonly lead: Sampler | undefined
  state: number
  factor: number
  /** Length of the running rise, and whether nothing follows it. */
  rise: number
  falseAlarm: boolean
  /** Events that carry another number are stale. */
  token: number
}

export class Surges implements Part {
  private readonly world: World
  /** In the order of the scenario's events; by index of the event. */
  private readonly surges: Map<number, Surge> = new Map()
  private readonly riseKind: number
  private readonly turnKind: number

  constructor(world: World) {
    this.world = world
    const { compiled, kernel, seed } = world
    compiled.scenario.events.forEach((event, e) => {
      if (event.kind !== 'surge') return
      const { spells, precursor } = event
      this.surges.set(e, {
        event,
        workload: compiled.scenario.workloads.findIndex((item) => item.name === event.workload),
        stream: Stream.derive(seed, `surge/${e}/${event.workload}`),
        gap: spells === undefined ? undefined : compileDistribution(spells.gap),
        length: spells === undefined ? undefined : compileDistribution(spells.for),
        lead: precursor === undefined ? undefined : compileDistribution(precursor.lead),
        state: CALM,
        factor: 1,
        rise: 0,
        falseAlarm: false,
        token: 0,
      })
    })
    // The step of a rise travels with its event: token x (STEPS + 1) + step.
    this.riseKind = kernel.on('a surge announces itself', (e, code) => this.climb(e, code))
    this.turnKind = kernel.on('a surge begins or ends', (e, token) => this.turn(e, token))
  }

  /** Announces surges at a given time that have a precursor: it has to begin before them. */
  start(): void {
    for (const [e, surge] of this.surges) {
      if (surge.gap !== undefined || surge.lead === undefined) continue
      this.drawRise(surge)
      if (surge.rise === 0) continue
      const { at } = surge.event
      // What would have begun before the run is under way at its start.
      const first = Math.max(0, Math.ceil(((surge.rise - at) / surge.rise) * STEPS))
      this.scheduleStep(e, surge, first, at - surge.rise)
    }
  }

  /** The event starts (1) or ends (0). */
  switch(e: number, on: number): void {
    const surge = this.surges.get(e)!
    if (on === 0) {
      surge.token++
      this.set(surge, CALM, 1)
    } else if (surge.gap !== undefined) {
      this.await(e, surge, surge.gap)
    } else if (!surge.falseAlarm) {
      this.set(surge, SURGING, surge.event.factor)
    } else {
      this.set(surge, CALM, 1)
    }
  }

  private await(e: number, surge: Surge, time: Sampler): void {
    const { kernel } = this.world
    kernel.at(kernel.now + time.sample(surge.stream), this.turnKind, e, surge.token)
  }

  private drawRise(surge: Surge): void {
    surge.rise = surge.lead!.sample(surge.stream)
    surge.falseAlarm = surge.stream.next() < surge.event.precursor!.falseAlarms
  }

  /** The gap, the rise or the spell of a surge in spells is over. */
  private turn(e: number, token: number): void {
    const surge = this.surges.get(e)!
    if (token !== surge.token) return
    if (surge.state === CALM && surge.lead !== undefined) {
      this.drawRise(surge)
      this.set(surge, RISING, 1)
      this.scheduleStep(e, surge, 1, this.world.kernel.now)
    } else if (surge.state === SURGING || (surge.state === RISING && surge.falseAlarm)) {
      this.set(surge, CALM, 1)
      this.await(e, surge, surge.gap!)
    } else {
      this.set(surge, SURGING, surge.event.factor)
      this.await(e, surge, surge.length!)
    }
  }

  private scheduleStep(e: number, surge: Surge, step: number, from: number): void {
    const { kernel } = this.world
    const time = Math.max(kernel.now, from + (step / STEPS) * surge.rise)
    if (step < STEPS) kernel.at(time, this.riseKind, e, surge.token * (STEPS + 1) + step)
    else if (surge.gap !== undefined) kernel.at(time, this.turnKind, e, surge.token)
  }

  private climb(e: number, code: number): void {
    const surge = this.surges.get(e)!
    const step = code % (STEPS + 1)
    if (code - step !== surge.token * (STEPS + 1)) return
    const { event, rise } = surge
    this.set(surge, RISING, 1 + ((event.precursor!.factor - 1) * step) / STEPS)
    const from = surge.gap === undefined ? event.at - rise : this.world.kernel.now - (step / STEPS) * rise
    this.scheduleStep(e, surge, step + 1, from)
  }

  private set(surge: Surge, state: number, factor: number): void {
    surge.state = state
    if (factor === surge.factor) return
    surge.factor = factor
    let product = 1
    for (const other of this.surges.values()) if (other.workload === surge.workload) product *= other.factor
    this.world.workloads.setSurge(surge.workload, product)
  }

  save(): unknown {
    return [...this.surges].map(([e, { state, factor, rise, falseAlarm, token, stream }]) => [
      e,
      { state, factor, rise, falseAlarm, token, stream: stream.save() },
    ])
  }

  restore(state: unknown): void {
    for (const [e, { stream, ...from }] of state as [number, { stream: StreamState }][]) {
      const surge = this.surges.get(e)!
      Object.assign(surge, from)
      surge.stream.load(stream)
    }
  }
}
