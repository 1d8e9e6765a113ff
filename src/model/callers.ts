/**
 * Calls and their attempts. Whatever calls (a request on behalf of its client, a leg, a branch) sends a leg, waits
 * for its answer under a timer where the calling site has one, may send copies of it, and may try again.
 */

import type { Kernel } from '../engine/kernel.ts'
import type { Draws } from '../random/index.ts'
import { pow } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import type { PriorityLevels } from './admission/priority-levels.ts'
import { CallColumns } from './call-columns.ts'
import { ATTEMPTS, CallSites, RETRIES } from './call-sites.ts'
import type { CallSpec, Compiled } from './compile/compiled.ts'
import { Hedges } from './hedges.ts'
import type { Keys } from './keys.ts'
import type { Legs } from './legs.ts'
import { BRANCH, CORE_NONE, LEG, REQUEST } from './legs.ts'
import type { Network } from './network.ts'
import type { Requests } from './requests.ts'
import type { Services } from './services.ts'
import type { Sockets } from './sockets.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const TIMEOUT = OUTCOMES.indexOf('timeout')
const DEADLINE = OUTCOMES.indexOf('deadline')
const SHED = OUTCOMES.indexOf('shed')
const CIRCUIT_OPEN = OUTCOMES.indexOf('circuit-open')

export class Callers implements Part {
  /** Legs so far: made, answered ok, answered otherwise, given up and released. */
  created = 0
  answeredOk = 0
  failed = 0
  abandoned = 0
  readonly sites: CallSites
  readonly columns: CallColumns
  readonly hedges: Hedges
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly keys: Keys
  /** What the requests of each class ask for, an interned endpoint. */
  private readonly classEndpoint: Int32Array
  private network!: Network
  private requests!: Requests
  private services!: Services
  private sockets: Sockets | undefined
  private levels: PriorityLevels | undefined
  private readonly timeoutKind: number
  private readonly retryKind: number
  private readonly resumeKind: number
  private readonly hedging: boolean
  private readonly propagating: boolean
  /** Whether legs have anything that not every leg has. */
  private extras = false
  private readonly cancelling: boolean
  /** Whether databases have pools for each caller. */
  private readonly pooled: boolean

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    this.keys = world.keys
    this.classEndpoint = Int32Array.from(world.compiled.classes, ({ endpoint }) => endpoint)
    const { kernel } = world
    this.timeoutKind = kernel.on('a timeout', (row, timer) => this.timedOut(row, timer))
    this.retryKind = kernel.on('a retry', (row, timer) => this.retry(row, timer))
    this.sites = new CallSites(world.compiled)
    this.columns = new CallColumns(world.compiled, world.legs)
    this.hedging = this.columns.hedging
    this.propagating = this.columns.propagating
    this.hedges = new Hedges(world, this)
    this.resumeKind = kernel.on('a caller goes on', (row, timer) => {
      if (world.legs.timer[row] !== timer) return
      // A row without a replica is a miss of a cache.
      if (world.legs.replica[row]! < 0) world.caches.step(row)
      else world.services.steps.step(row)
    })
    this.pooled = world.compiled.databases.some((spec) => spec.perReplica)
    this.cancelling = world.compiled.services.some((spec) => spec.cancel === 'immediate')
  }

  wire(): void {
    const { network, requests, services } = this.world
    this.network = network
    this.requests = requests
    this.services = services
    this.sockets = this.world.sockets
    this.levels = services.admission?.levels
    const { guarding, counting } = this.columns
    this.extras =
      this.keys.ofCalls ||
      this.hedging ||
      this.pooled ||
      this.sockets !== undefined ||
      guarding ||
      counting ||
      this.propagating
  }

  /** `row` calls over the calling site `call`; `endpoint` is an interned name or -1. */
  begin(row: number, call: number): void {
    const { legs, columns, compiled } = this
    legs.call[row] = call
    legs.attempt[row] = 0
    // A breaker may keep the first attempt back, and the row is then asked for a child that it never had.
    legs.child[row] = -1
    if (this.hedging) columns.hedged[row] = 0
    const spec = compiled.calls[call]!
    if (columns.decorrelated) columns.backoff[row] = spec.backoff.base
    if (columns.counting) columns.retrying[row] = 0
    if (spec.guarded) this.sites.begun(call, this.instanceOf(row, spec), this.kernel.now)
    this.attempt(row, call, spec)
  }

  private attempt(row: number, index: number, call: CallSpec): void {
    const { legs, kernel, network } = this
    legs.attempt[row]!++
    legs.sentAt[row] = kernel.now
    if ((this.propagating || call.guarded || this.levels !== undefined) && !this.mayAttempt(row, index, call))
      return
    const leg = this.makeLeg(row, index, call)
    if (legs.kind[row] === REQUEST && legs.attempt[row] === 1) legs.clearPhases(leg)
    else legs.copyPhases(row, leg)
    legs.child[row] = leg
    if (this.propagating || call.timeoutSite >= 0 || call.hedge !== undefined) this.arm(row, leg, index, call)
    network.send(leg, call.hop.node, call.hop.channel)
  }

  /** Whether the deadline that the row has been given, and the circuit breaker, allow an attempt; else it has failed. */
  private mayAttempt(row: number, index: number, call: CallSpec): boolean {
    const { now } = this.kernel
    if (now >= this.deadlineOf(row)) {
      this.giveUp(row, DEADLINE)
      return false
    }
    if (this.levels?.callerKeepsBack(row, index)) {
      this.attemptFailed(row, SHED)
      return false
    }
    if (!call.guarded || this.sites.mayCall(index, this.instanceOf(row, call), now)) return true
    this.attemptFailed(row, CIRCUIT_OPEN)
    return false
  }

  /** The deadline that came with the work of the row; Infinity. */
  private deadlineOf(row: number): number {
    return this.propagating && this.legs.kind[row] !== REQUEST
      ? this.columns.deadline[row]!
      : Number.POSITIVE_INFINITY
  }

  /** Schedules what ends the wait for the leg, and its copies. */
  private arm(row: number, leg: number, index: number, call: CallSpec): void {
    const { legs, kernel, draws } = this
    const deadline = this.deadlineOf(row)
    if (call.timeoutSite >= 0) {
      const timeout = Number.isNaN(call.timeoutConstant)
        ? draws.sample(call.timeoutSite, legs.number[leg]!, legs.path[leg]!, 0)
        : call.timeoutConstant
      kernel.at(Math.min(kernel.now + timeout, deadline), this.timeoutKind, row, ++legs.timer[row]!)
    } else if (deadline < Number.POSITIVE_INFINITY) {
      kernel.at(deadline, this.timeoutKind, row, ++legs.timer[row]!)
    }
    if (call.hedge !== undefined) {
      if (call.timeoutSite < 0 && deadline === Number.POSITIVE_INFINITY) legs.timer[row]!++
      this.hedges.begin(row, leg, index, call)
    }
  }

  /** A leg for the attempt of the row that is under way, not sent yet. */
  makeLeg(row: number, index: number, call: CallSpec): number {
    const { legs, kernel, compiled } = this
    const fromClient = legs.kind[row] === REQUEST
    const ordinal = fromClient ? 0 : compiled.program.ordinal[legs.pc[row]!]!
    const leg = legs.alloc()
    this.created++
    this.sites.add(index, ATTEMPTS)
    legs.kind[leg] = LEG
    legs.parent[leg] = row
    legs.parentGeneration[leg] = legs.generation[row]!
    legs.number[leg] = legs.number[row]!
    legs.cls[leg] = legs.cls[row]!
    legs.path[leg] = mix(legs.path[row]!, call.salt, legs.attempt[row]!, ordinal)
    legs.via[leg] = index
    legs.since[leg] = kernel.now
    legs.child[leg] = -1
    legs.backend[leg] = -1
    legs.channel[leg] = -1
    legs.frameCount[leg] = 0
    legs.outcome[leg] = OK
    legs.lost[leg] = 0
    legs.endpoint[leg] = fromClient ? this.classEndpoint[legs.cls[row]!]! : call.endpoint
    legs.replica[leg] = -1
    legs.resident[leg] = 0
    legs.core[leg] = CORE_NONE
    legs.worker[leg] = 0
    legs.memory[leg] = 0
    legs.node[leg] = call.caller
    if (this.extras) this.dress(leg, row, index, call, ordinal)
    return leg
  }

  /** Sets what only some scenarios have of a leg. */
  private dress(leg: number, row: number, index: number, call: CallSpec, ordinal: number): void {
    const { legs, kernel, compiled, columns } = this
    const fromClient = legs.kind[row] === REQUEST
    if (this.keys.ofCalls) this.keys.assign(leg, row, call.key, ordinal)
    if (this.hedging) columns.sibling[leg] = -1
    if (this.pooled) this.world.databases.assign(leg, row, call.hop.node, call.caller)
    this.sockets?.begin(leg, fromClient ? call.caller : compiled.nodes.length + legs.replica[row]!)
    if (columns.guarding) columns.sent[leg] = kernel.now
    if (columns.counting) {
      columns.retrying[leg] = 0
      this.sites.sent(index, this.instanceOf(row, call))
    }
    if (this.propagating) {
      const item = compiled.classes[legs.cls[row]!]!
      if (!fromClient) columns.deadline[leg] = columns.deadline[row]!
      else
        columns.deadline[leg] = item.propagates ? legs.start[row]! + item.deadline : Number.POSITIVE_INFINITY
    }
  }

  /** Index of the row's caller among the instances that call over the site: its slot, or the client. */
  instanceOf(row: number, call: CallSpec): number {
    const { legs } = this
    return legs.kind[row] === REQUEST ? 0 : legs.replica[row]! - call.firstInstance
  }

  /** What a branch has of the row that forked it. */
  inherit(row: number, branch: number): void {
    if (this.propagating) this.columns.deadline[branch] = this.columns.deadline[row]!
    if (this.columns.counting) this.columns.retrying[branch] = 0
  }

  /** Whether somebody still waits for the leg's answer. */
  isAwaited(leg: number): boolean {
    const { legs } = this
    const parent = legs.parent[leg]!
    if (legs.generation[parent] !== legs.parentGeneration[leg]) return false
    let child = legs.child[parent]!
    if (this.hedging) while (child >= 0 && child !== leg) child = this.columns.sibling[child]!
    return child === leg
  }

  /** Whether a client still waits for what the leg is made for, however many calls above it. */
  isWanted(leg: number): boolean {
    const { legs } = this
    for (let row = leg; ; ) {
      if (!this.isAwaited(row)) return false
      let caller = legs.parent[row]!
      while (legs.kind[caller] === BRANCH) caller = legs.parent[caller]!
      if (legs.kind[caller] === REQUEST) return true
      row = caller
    }
  }

  /** Whether a timer of the leg's caller would end the wait for an answer that never comes. */
  hasTimer(leg: number): boolean {
    const { legs, compiled } = this
    const parent = legs.parent[leg]!
    if (compiled.calls[legs.via[leg]!]!.timeoutSite >= 0) return true
    if (this.propagating && this.columns.deadline[leg]! < Number.POSITIVE_INFINITY) return true
    return (
      legs.kind[parent] === REQUEST &&
      compiled.classes[legs.cls[parent]!]!.deadline < Number.POSITIVE_INFINITY
    )
  }

  /** The answer of the leg has come to where its caller is. */
  answered(leg: number): void {
    const { legs, kernel, requests, compiled } = this
    if (!this.isAwaited(leg)) {
      this.abandoned++
      legs.release(leg)
      return
    }
    if (this.levels !== undefined) this.levels.answered(leg, -1)
    const caller = legs.parent[leg]!
    const outcome = legs.outcome[leg]!
    const via = legs.via[leg]!
    const call = compiled.calls[via]!
    if (call.guarded) this.record(caller, leg, outcome)
    if (call.hedge === undefined) legs.child[caller] = -1
    else if (this.hedges.answered(caller, leg, outcome)) {
      // Another copy is still out.
      this.failed++
      legs.release(leg)
      return
    }
    legs.timer[caller]!++
    if (outcome !== OK) {
      this.failed++
      legs.release(leg)
      this.attemptFailed(caller, outcome)
      return
    }
    this.answeredOk++
    if (this.columns.counting) this.retryEnded(caller)
    if (legs.kind[caller] === REQUEST) {
      requests.finish(caller, OK, leg)
      legs.release(leg)
      return
    }
    legs.copyPhases(leg, caller)
    legs.since[caller] = kernel.now
    legs.release(leg)
    legs.pc[caller]!++
    kernel.task(this.resumeKind, caller, legs.timer[caller]!)
  }

  /** Tells the calling site how the leg ended for it; -1: it was no longer wanted. */
  private record(caller: number, leg: number, outcome: number): void {
    const { legs, compiled, kernel, columns } = this
    const via = legs.via[leg]!
    const instance = this.instanceOf(caller, compiled.calls[via]!)
    this.sites.ended(via, instance, outcome, columns.sent[leg]!, kernel.now)
  }

  /**
   * The caller stops waiting; the leg goes on until what it holds is released. `outcome`: why the caller counts the
   * attempt as failed; -1: it does not.
   */
  abandon(caller: number, outcome = -1): void {
    const { legs, network, compiled, columns } = this
    let leg = legs.child[caller]!
    legs.timer[caller]!++
    if (columns.counting) this.retryEnded(caller)
    if (leg < 0) return
    legs.child[caller] = -1
    const { guarded } = compiled.calls[legs.via[leg]!]!
    while (leg >= 0) {
      const next = this.hedging ? columns.sibling[leg]! : -1
      if (guarded) this.record(caller, leg, outcome)
      if (legs.lost[leg] === 1) network.drop(leg)
      else if (this.cancelling) this.services.interruptions.cancel(leg)
      leg = next
    }
  }

  private timedOut(row: number, timer: number): void {
    if (this.legs.timer[row] !== timer) return
    const late =
      this.propagating && this.legs.kind[row] !== REQUEST && this.kernel.now >= this.columns.deadline[row]!
    const outcome = late ? DEADLINE : TIMEOUT
    this.abandon(row, outcome)
    this.attemptFailed(row, outcome)
  }

  private attemptFailed(row: number, outcome: number): void {
    const { legs, kernel, compiled, sites } = this
    const index = legs.call[row]!
    const call = compiled.calls[index]!
    const tries = this.hedging ? legs.attempt[row]! - this.columns.hedged[row]! : legs.attempt[row]!
    if (this.columns.counting) this.retryEnded(row)
    if (
      tries < call.attempts &&
      (call.retryMask & (1 << outcome)) !== 0 &&
      (call.budget === undefined || sites.mayRetry(index, this.instanceOf(row, call), kernel.now))
    ) {
      sites.add(index, RETRIES)
      if (this.columns.counting) this.columns.retrying[row] = 1
      sites.retriesByClass[legs.cls[row]!]!++
      if (legs.kind[row] === REQUEST && tries === 1) legs.clearPhases(row)
      legs.since[row] = legs.sentAt[row]!
      legs.endPhase(row, call.failedCell, kernel.now)
      let due = kernel.now + this.backoff(row, call, tries)
      if (this.propagating && legs.kind[row] !== REQUEST) due = Math.min(due, this.columns.deadline[row]!)
      kernel.at(due, this.retryKind, row, ++legs.timer[row]!)
    } else {
      this.giveUp(row, outcome)
    }
  }

  /** Whatever the retry of the row's call came to, it is not under way any more. */
  private retryEnded(row: number): void {
    const { legs, columns, compiled } = this
    if (columns.retrying[row] === 0) return
    columns.retrying[row] = 0
    const index = legs.call[row]!
    this.sites.retried(index, this.instanceOf(row, compiled.calls[index]!))
  }

  /** The call of the row has failed for good. */
  private giveUp(row: number, outcome: number): void {
    if (this.columns.counting) this.retryEnded(row)
    if (this.legs.kind[row] === REQUEST) this.requests.finish(row, outcome, -1)
    else if (this.legs.replica[row]! < 0) this.world.caches.end(row, outcome)
    else this.services.fail(row, outcome)
  }

  private backoff(row: number, call: CallSpec, tries: number): number {
    const { base, factor, max, jitter } = call.backoff
    const full = Math.min(max, base * pow(factor, tries - 1))
    if (jitter === 'none' || full === 0) return full
    const { legs, draws, columns } = this
    const u = draws.uniform(
      call.jitterSite,
      legs.number[row]!,
      mix(legs.path[row]!, call.salt, legs.attempt[row]!, 0),
      1,
    )
    if (jitter === 'decorrelated') {
      const delay = Math.min(max, base + u * (3 * columns.backoff[row]! - base))
      columns.backoff[row] = delay
      return delay
    }
    return jitter === 'full' ? u * full : (full / 2) * (1 + u)
  }

  private retry(row: number, timer: number): void {
    const { legs, kernel, compiled } = this
    if (legs.timer[row] !== timer) return
    const index = legs.call[row]!
    const call = compiled.calls[index]!
    legs.endPhase(row, call.backoffCell, kernel.now)
    this.attempt(row, index, call)
  }

  save(): unknown {
    return {
      created: this.created,
      answeredOk: this.answeredOk,
      failed: this.failed,
      abandoned: this.abandoned,
      sites: this.sites.save(),
    }
  }

  restore(state: unknown): void {
    const { sites, ...counts } = state as { sites: unknown }
    Object.assign(this, counts)
    this.sites.restore(sites)
  }
}

/** Draws of two legs of one request share nothing unless all of this is equal. */
function mix(path: number, salt: number, attempt: number, ordinal: number): number {
  let h = Math.imul(path ^ salt, 0x9e3779b1) ^ Math.imul(attempt, 0x85ebca6b) ^ Math.imul(ordinal, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return h ^ (h >>> 13)
}
