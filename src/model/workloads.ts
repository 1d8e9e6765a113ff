/** The clients: each workload sends its requests, open (a rate, a trace) or closed (users who wait and think). */

import type { Kernel } from '../engine/kernel.ts'
import type { Draws } from '../random/index.ts'
import { compileDistribution, type Sampler, Stream, type StreamState } from '../random/index.ts'
import type { Arrivals, Workload } from '../scenario/types.ts'
import { type ArrivalProcess, createArrivals } from './arrivals.ts'
import type { Compiled } from './compile/compiled.ts'
import { Modulation } from './modulation.ts'
import type { Requests } from './requests.ts'
import { Sessions } from './sessions.ts'
import type { Part, World } from './world.ts'

export class Workloads implements Part {
  private readonly world: World
  private readonly kernel: Kernel
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly horizon: number
  private requests!: Requests
  private readonly arrivalKind: number
  private readonly usersKind: number
  private readonly thinkKind: number
  private readonly specs: readonly Workload[]
  private readonly streams: Stream[]
  private readonly clocks: ArrivalProcess[]
  private readonly userSamplers: (Sampler | undefined)[]
  /** Requests so far, per workload: the number of the next one. */
  private readonly counts: Float64Array
  /** Events that carry another number are stale, per workload. */
  private readonly tokens: Int32Array
  /** Rate before surges (users: of the running window), product of the surges that are on. */
  private readonly baseRate: Float64Array
  private readonly surge: Float64Array
  private readonly firstClass: Int32Array
  private readonly classSites: Int32Array
  private readonly cumulative: Float64Array[] = []
  /** False before time 0, when a surge finds no gap that goes on. */
  private started = false
  private readonly traceClass: (Int32Array | undefined)[] = []
  /** Of closed workloads: cycles of each user so far, and who sent a request under way. */
  private readonly cycles: Int32Array[] = []
  private readonly senders: Map<number, number>[] = []
  private readonly modulations: (Modulation | undefined)[]
  private readonly sessions: (Sessions | undefined)[]
  private readonly phaseKind: number
  /** 1 for traces; 1 where an answer makes somebody send again: closed workloads and sessions. */
  private readonly isTrace: Uint8Array
  private readonly answering: Uint8Array
  /** Of sessions, how many requests a user sends on average; else 1. */
  private readonly requestsPerArrival: Float64Array

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.draws = world.draws
    this.compiled = world.compiled
    this.horizon = world.horizon
    const { compiled, kernel, seed } = world
    this.specs = compiled.scenario.workloads
    const n = this.specs.length
    this.counts = new Float64Array(n)
    this.tokens = new Int32Array(n)
    this.baseRate = new Float64Array(n)
    this.surge = new Float64Array(n).fill(1)
    this.streams = this.specs.map((workload) => Stream.derive(seed, `arrivals/${workload.name}`))
    this.clocks = this.specs.map((workload) =>
      createArrivals(workload.arrivals, workload.profile, this.horizon),
    )
    this.userSamplers = this.specs.map(({ arrivals, name }) =>
      arrivals.kind === 'users'
        ? compileDistribution(arrivals.users, `workloads.${name}.arrivals.users`)
        : undefined,
    )
    this.firstClass = Int32Array.from(this.specs, (_, w) =>
      compiled.classes.findIndex((item) => item.workload === w),
    )
    this.classSites = Int32Array.from(compiled.classSites)
    this.specs.forEach((workload, w) => {
      const total = workload.classes.reduce((sum, item) => sum + item.weight, 0)
      let sum = 0
      this.cumulative.push(Float64Array.from(workload.classes, (item) => (sum += item.weight) / total))
      this.traceClass.push(traceClasses(workload))
      this.cycles.push(new Int32Array(workload.arrivals.kind === 'closed' ? workload.arrivals.users : 0))
      this.senders.push(new Map())
      this.baseRate[w] = this.clocks[w]!.rate
    })
    this.isTrace = Uint8Array.from(this.specs, ({ arrivals }) => (arrivals.kind === 'trace' ? 1 : 0))
    this.answering = Uint8Array.from(this.specs, ({ arrivals }) =>
      arrivals.kind === 'closed' || arrivals.kind === 'sessions' ? 1 : 0,
    )
    this.requestsPerArrival = Float64Array.from(this.specs, ({ arrivals }) =>
      arrivals.kind === 'sessions' ? Math.max(1, compileDistribution(arrivals.requests).mean) : 1,
    )
    this.modulations = this.specs.map(({ arrivals, name }) =>
      arrivals.kind === 'mmpp' ? new Modulation(arrivals, Stream.derive(seed, `phases/${name}`)) : undefined,
    )
    this.sessions = this.specs.map((workload, w) =>
      workload.arrivals.kind === 'sessions'
        ? new Sessions(world.draws, compiled.sessionSites[w]!, compiled.thinkSites[w]!)
        : undefined,
    )
    this.modulations.forEach((modulation, w) => {
      if (modulation !== undefined) this.baseRate[w] = this.clocks[w]!.rate = modulation.rate
    })
    this.arrivalKind = kernel.on('an arrival', (w, token) => this.arrive(w, token))
    this.usersKind = kernel.on('the number of users changes', (w) => this.drawUsers(w))
    this.thinkKind = kernel.on('a user has thought', (w, user) => this.sendUser(w, user))
    this.phaseKind = kernel.on('a modulating phase changes', (w) => this.changePhase(w))
  }

  wire(): void {
    const { requests } = this.world
    this.requests = requests
  }

  /** Schedules what starts at time 0. */
  start(): void {
    this.started = true
    this.specs.forEach(({ arrivals }, w) => {
      if (arrivals.kind === 'closed') {
        for (let user = 0; user < arrivals.users; user++) this.think(w, user)
      } else if (arrivals.kind === 'trace') {
        if (arrivals.times.length > 0) this.schedule(w, arrivals.times[0]!)
      } else {
        if (arrivals.kind === 'users') this.drawUsers(w)
        if (arrivals.kind === 'mmpp') this.awaitPhase(w)
        this.schedule(w, this.clocks[w]!.next(0, this.streams[w]!))
      }
    })
  }

  /** Multiplies the rate of the workload from now on. */
  setSurge(w: number, factor: number): void {
    this.surge[w] = factor
    if (this.started) this.reRate(w)
    else this.clocks[w]!.rate = this.baseRate[w]! * factor
  }

  /** Requests per second of the workload at a time, given what is on now; 0 for closed ones and traces. */
  rateAt(w: number, time: number): number {
    return this.clocks[w]!.rateAt(time) * this.requestsPerArrival[w]!
  }

  /** Request `number` of the workload has its outcome. */
  ended(w: number, number: number): void {
    if (this.answering[w] === 0) return
    const session = this.sessions[w]
    const senders = this.senders[w]!
    const user = senders.get(number)!
    senders.delete(number)
    if (session === undefined) {
      this.think(w, user)
      return
    }
    const time = this.kernel.now + session.next(user)
    // Infinity: it was the last request of the session.
    if (time < this.horizon) this.kernel.at(time, this.thinkKind, w, user)
    else session.leave(user)
  }

  private schedule(w: number, time: number): void {
    if (time < this.horizon) this.kernel.at(time, this.arrivalKind, w, this.tokens[w]!)
  }

  private reRate(w: number): void {
    const { kernel } = this
    const clock = this.clocks[w]!
    const { kind } = this.specs[w]!.arrivals
    if (kind === 'closed' || kind === 'trace' || kind === 'counts') return
    this.tokens[w]!++
    this.schedule(w, clock.change(this.baseRate[w]! * this.surge[w]!, kernel.now))
  }

  /** State of the modulating chain of the workload; 0 without one. */
  phaseOf(w: number): number {
    return this.modulations[w]?.state ?? 0
  }

  private awaitPhase(w: number): void {
    const time = this.kernel.now + this.modulations[w]!.holding()
    if (time < this.horizon) this.kernel.at(time, this.phaseKind, w, 0)
  }

  private changePhase(w: number): void {
    const modulation = this.modulations[w]!
    modulation.move()
    this.baseRate[w] = modulation.rate
    this.reRate(w)
    this.awaitPhase(w)
  }

  private drawUsers(w: number): void {
    const { arrivals } = this.specs[w]!
    if (arrivals.kind !== 'users') return
    const { kernel, horizon } = this
    const users = this.userSamplers[w]!.sample(this.streams[w]!)
    this.baseRate[w] = (users * arrivals.perMinute) / 60
    if (kernel.now === 0) this.clocks[w]!.rate = this.baseRate[w]! * this.surge[w]!
    else this.reRate(w)
    const windows = Math.round(kernel.now / arrivals.window) + 1
    const next = windows * arrivals.window
    if (next < horizon) kernel.at(next, this.usersKind, w, 0)
  }

  private arrive(w: number, token: number): void {
    if (this.isTrace[w] === 1) {
      const arrivals = this.specs[w]!.arrivals as Extract<Arrivals, { kind: 'trace' }>
      const number = this.counts[w]!++
      const next = arrivals.times[number + 1]
      if (next !== undefined && next < this.horizon) this.kernel.at(next, this.arrivalKind, w, 0)
      const known = this.traceClass[w]
      this.send(w, number, known === undefined ? this.drawClass(w, number) : known[number]!)
      return
    }
    if (token !== this.tokens[w]) return
    const number = this.counts[w]!++
    this.schedule(w, this.clocks[w]!.next(this.kernel.now, this.streams[w]!))
    if (this.answering[w] === 1) this.senders[w]!.set(number, this.sessions[w]!.open())
    this.send(w, number, this.drawClass(w, number))
  }

  private send(w: number, number: number, cls: number): void {
    this.requests.create(w, number, this.firstClass[w]! + cls)
  }

  private drawClass(w: number, number: number): number {
    const cumulative = this.cumulative[w]!
    if (cumulative.length === 1) return 0
    const u = this.draws.uniform(this.classSites[w]!, number, 0, 0)
    let cls = 0
    while (cls < cumulative.length - 1 && u >= cumulative[cls]!) cls++
    return cls
  }

  private think(w: number, user: number): void {
    const { kernel, compiled, draws, horizon } = this
    const cycle = this.cycles[w]![user]!++
    const time = kernel.now + draws.sample(compiled.thinkSites[w]!, user, cycle, 0)
    if (time < horizon) kernel.at(time, this.thinkKind, w, user)
  }

  private sendUser(w: number, user: number): void {
    const number = this.counts[w]!++
    this.senders[w]!.set(number, user)
    this.send(w, number, this.drawClass(w, number))
  }

  save(): unknown {
    return {
      counts: this.counts.slice(),
      tokens: this.tokens.slice(),
      baseRate: this.baseRate.slice(),
      surge: this.surge.slice(),
      streams: this.streams.map((stream) => stream.save()),
      clocks: this.clocks.map((clock) => clock.save()),
      cycles: this.cycles.map((cycles) => cycles.slice()),
      senders: this.senders.map((senders) => [...senders]),
      modulations: this.modulations.map((modulation) => modulation?.save()),
      sessions: this.sessions.map((session) => session?.save()),
    }
  }

  restore(state: unknown): void {
    this.started = true
    const from = state as {
      counts: Float64Array
      tokens: Int32Array
      baseRate: Float64Array
      surge: Float64Array
      streams: StreamState[]
      clocks: unknown[]
      cycles: Int32Array[]
      senders: [number, number][][]
      modulations: unknown[]
      sessions: unknown[]
    }
    this.counts.set(from.counts)
    this.tokens.set(from.tokens)
    this.baseRate.set(from.baseRate)
    this.surge.set(from.surge)
    this.specs.forEach((_, w) => {
      this.streams[w]!.load(from.streams[w]!)
      this.clocks[w]!.load(from.clocks[w])
      this.cycles[w]!.set(from.cycles[w]!)
      this.modulations[w]?.load(from.modulations[w])
      this.sessions[w]?.load(from.sessions[w])
      const senders = this.senders[w]!
      senders.clear()
      for (const [number, user] of from.senders[w]!) senders.set(number, user)
    })
  }
}

function traceClasses(workload: Workload): Int32Array | undefined {
  if (workload.arrivals.kind !== 'trace' || workload.arrivals.classes === undefined) return undefined
  const names = workload.classes.map((item) => item.name)
  return Int32Array.from(workload.arrivals.classes, (name) => names.indexOf(name))
}
