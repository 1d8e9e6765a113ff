/** The events of a scenario: outages, slow links and lossy ones, surges, slow replicas. Overlapping ones compose. */
import { compileDistribution, type Sampler, Stream, type StreamState } from '../random/index.ts'
import type { Scenario, ScenarioEvent } from '../scenario/types.ts'
import { strikeDatabase } from './database-faults.ts'
import { Surges } from './surges.ts'
import type { Part, World } from './world.ts'

/** A `slow` event in spells, at one replica or (-1) at a database. */
type Spell = {
  readonly event: number
  readonly replica: number
  readonly stream: Stream
  readonly length: Sampler
  readonly gap: Sampler
  on: boolean
}

export class Faults implements Part {
  private readonly world: World
  private readonly events: readonly ScenarioEvent[]
  /** Events that are on, in the order of the scenario. */
  private readonly active: Uint8Array
  private readonly spells: Spell[] = []
  private readonly surges: Surges
  /** Of each capacity event that is on: the replicas that it took. */
  private readonly lost: Map<number, readonly number[]> = new Map()
  private readonly switchKind: number
  private readonly spellKind: number

  constructor(world: World) {
    this.world = world
    const { compiled, kernel, seed } = world
    this.events = compiled.scenario.events
    this.active = new Uint8Array(this.events.length)
    this.switchKind = kernel.on('an event starts or ends', (event, on) => this.switch(event, on))
    this.surges = new Surges(world)
    this.spellKind = kernel.on('a slow spell starts or ends', (i) => this.turn(i))
    this.events.forEach((event, e) => {
      if (event.kind !== 'slow' || event.spells === undefined) return
      const { for: length, gap } = event.spells
      const add = (replica: number, place: string): void => {
        this.spells.push({
          event: e,
          replica,
          stream: Stream.derive(seed, `slow/${e}/${place}`),
          length: compileDistribution(length),
          gap: compileDistribution(gap),
          on: false,
        })
      }
      if (compiled.databases.some((spec) => spec.name === event.service)) {
        add(-1, event.service)
        return
      }
      for (const replica of this.replicasOf(event)) {
        const { name, firstReplica } = compiled.services[world.replicas.service[replica]!]!
        add(replica, `${name}/${replica - firstReplica}`)
      }
    })
  }

  start(): void {
    const { kernel } = this.world
    this.surges.start()
    // Ends before starts, so that windows which touch do not overlap.
    this.events.forEach((event, e) => {
      if (event.until < Number.POSITIVE_INFINITY) kernel.at(event.until, this.switchKind, e, 0)
    })
    this.events.forEach((event, e) => {
      if (event.at === 0) this.switch(e, 1)
      else kernel.at(event.at, this.switchKind, e, 1)
    })
    this.spells.forEach((spell, i) => {
      const { at } = this.events[spell.event]!
      kernel.at(at + spell.gap.sample(spell.stream), this.spellKind, i, 0)
    })
  }

  private switch(e: number, on: number): void {
    const event = this.events[e]!
    this.active[e] = on
    if (this.database(event, on)) return
    switch (event.kind) {
      case 'outage':
        this.outage(event, on)
        return
      case 'latency':
      case 'loss':
        this.link(event.link)
        return
      case 'surge':
        this.surges.switch(e, on)
        return
      case 'capacity':
        this.capacity(e, event, on)
        return
      case 'flush':
        if (on === 1)
          this.world.caches.flush(this.world.compiled.caches.findIndex((cache) => cache.name === event.cache))
        return
      case 'slow':
        if (event.spells === undefined || on === 0) for (const r of this.replicasOf(event)) this.speed(r)
        return
    }
  }

  /** False where the event is none of a database. */
  private database(event: ScenarioEvent, on: number): boolean {
    const isOn = (e: number): boolean => {
      const other = this.events[e]!
      if (this.active[e] === 0) return false
      if (other.kind !== 'slow' || other.spells === undefined) return true
      return this.spells.some((spell) => spell.event === e && spell.on)
    }
    return strikeDatabase(this.world, this.events, isOn, event, on)
  }

  private replicasOf(event: Extract<ScenarioEvent, { kind: 'outage' | 'slow' }>): number[] {
    const spec = this.world.compiled.services.find((service) => service.name === event.service)!
    if (event.slot !== undefined) return [spec.firstReplica + event.slot]
    return Array.from({ length: spec.slots }, (_, slot) => spec.firstReplica + slot)
  }

  private outage(event: Extract<ScenarioEvent, { kind: 'outage' }>, on: number): void {
    const { services, balancers } = this.world
    for (const r of this.replicasOf(event)) {
      if (event.balancer !== undefined) {
        balancers.takeOut(event.balancer, r, on === 1 ? 1 : -1)
        continue
      }
      this.strike(r, event.mode, on === 1 ? 1 : -1)
      if (event.mode === 'crash' && on === 1) services.interruptions.crash(r)
    }
  }

  private strike(r: number, mode: 'drain' | 'crash', by: 1 | -1): void {
    const { replicas } = this.world
    if (mode === 'crash') {
      replicas.changeCrashes(r, by)
      return
    }
    replicas.drained[r]! += by
    replicas.availabilityChanged(r)
  }

  /** Takes the last slots of those that are available, as many as the event says, until it ends. */
  private capacity(e: number, event: Extract<ScenarioEvent, { kind: 'capacity' }>, on: number): void {
    const { replicas, services, compiled } = this.world
    if (on === 1) {
      const { firstReplica, slots } = compiled.services.find((service) => service.name === event.service)!
      const there: number[] = []
      for (let r = firstReplica + slots - 1; r >= firstReplica; r--)
        if (replicas.isAvailable(r)) there.push(r)
      const { loss } = event
      const count = 'replicas' in loss ? loss.replicas : there.length - Math.round(there.length * loss.factor)
      this.lost.set(e, there.slice(0, count))
    }
    for (const r of this.lost.get(e) ?? []) {
      this.strike(r, event.mode, on === 1 ? 1 : -1)
      if (event.mode === 'crash' && on === 1) services.interruptions.crash(r)
    }
    if (on === 0) this.lost.delete(e)
  }

  private link(name: string): void {
    const { network, compiled } = this.world
    const link = compiled.scenario.links.findIndex((item) => item.name === name)
    let latency = 0
    let keep = 1
    this.events.forEach((event, e) => {
      if (this.active[e] === 0) return
      if (event.kind === 'latency' && event.link === name) latency += event.add
      if (event.kind === 'loss' && event.link === name) keep *= 1 - event.add
    })
    network.addedLatency[link] = latency
    network.addedLoss[link] = 1 - keep
  }

  private turn(i: number): void {
    const spell = this.spells[i]!
    const { kernel } = this.world
    const until = this.events[spell.event]!.until
    if (!spell.on && kernel.now >= until) return
    spell.on = !spell.on
    if (spell.replica >= 0) this.speed(spell.replica)
    else this.database(this.events[spell.event]!, 1)
    const wait = (spell.on ? spell.length : spell.gap).sample(spell.stream)
    kernel.at(kernel.now + wait, this.spellKind, i, 0)
  }

  private speed(r: number): void {
    const { replicas, compiled } = this.world
    const spec = compiled.services[replicas.service[r]!]!
    const slot = r - spec.firstReplica
    let factor = 1
    this.events.forEach((event, e) => {
      if (event.kind !== 'slow' || event.service !== spec.name) return
      if (event.slot !== undefined && event.slot !== slot) return
      if (event.spells === undefined) {
        if (this.active[e] === 1) factor *= event.factor
      } else if (
        this.active[e] === 1 &&
        this.spells.some((spell) => spell.event === e && spell.replica === r && spell.on)
      ) {
        factor *= event.factor
      }
    })
    replicas.slowdown[r] = factor
    replicas.updateSpeed(r)
  }

  /** Slow spells that are on, per replica: a hidden phase of the system. */
  get slowed(): number {
    return this.spells.reduce((sum, spell) => sum + (spell.on ? 1 : 0), 0)
  }

  save(): unknown {
    return {
      active: this.active.slice(),
      lost: [...this.lost],
      surges: this.surges.save(),
      spells: this.spells.map(({ on, stream }) => ({ on, stream: stream.save() })),
    }
  }

  restore(state: unknown): void {
    const from = state as {
      active: Uint8Array
      lost: [number, number[]][]
      surges: unknown
      spells: { on: boolean; stream: StreamState }[]
    }
    this.active.set(from.active)
    this.surges.restore(from.surges)
    this.lost.clear()
    for (const [event, taken] of from.lost) this.lost.set(event, taken)
    this.spells.forEach((spell, i) => {
      spell.on = from.spells[i]!.on
      spell.stream.load(from.spells[i]!.stream)
    })
  }
}

/** The events as markers of a result, by name of what they strike. */
export function eventTarget(event: Scenario['events'][number]): string {
  switch (event.kind) {
    case 'outage':
    case 'slow':
      return event.slot === undefined ? event.service : `${event.service}/${event.slot}`
    case 'latency':
    case 'loss':
      return event.link
    case 'surge':
      return event.workload
    case 'capacity':
      return event.service
    case 'fail':
      return event.database
    case 'flush':
      return event.cache
  }
}
