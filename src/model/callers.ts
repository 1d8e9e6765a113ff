/**
 * Calls and their attempts. Whatever calls (a request on behalf of its client, a leg, a branch) sends a leg, waits
 * for its answer under a timer where the calling site has one, and may try again.
 */

import type { Kernel } from '../engine/kernel.ts'
import type { Draws } from '../random/index.ts'
import { pow } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import type { CallSpec, Compiled } from './compile/compiled.ts'
import type { Keys } from './keys.ts'
import type { Legs } from './legs.ts'
import { CORE_NONE, LEG, REQUEST } from './legs.ts'
import type { Network } from './network.ts'
import type { Requests } from './requests.ts'
import type { Services } from './services.ts'
import type { Part, World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')
const TIMEOUT = OUTCOMES.indexOf('timeout')

export class Callers implements Part {
  /** Legs so far: made, answered ok, answered otherwise, given up and released. */
  created = 0
  answeredOk = 0
  failed = 0
  abandoned = 0
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly keys: Keys
  private network!: Network
  private requests!: Requests
  private services!: Services
  private readonly timeoutKind: number
  private readonly retryKind: number
  private readonly resumeKind: number

  constructor(world: World) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    this.keys = world.keys
    const { kernel } = world
    this.timeoutKind = kernel.on('a timeout', (row, timer) => this.timedOut(row, timer))
    this.retryKind = kernel.on('a retry', (row, timer) => this.retry(row, timer))
    this.resumeKind = kernel.on('a caller goes on', (row) => world.services.step(row))
  }

  wire(): void {
    const { network, requests, services } = this.world
    this.network = network
    this.requests = requests
    this.services = services
  }

  /** `row` calls over the calling site `call`; `endpoint` is an interned name or -1. */
  begin(row: number, call: number): void {
    const { legs } = this
    legs.call[row] = call
    legs.attempt[row] = 0
    this.attempt(row)
  }

  private attempt(row: number): void {
    const { legs, kernel, compiled, draws, network } = this
    const index = legs.call[row]!
    const call = compiled.calls[index]!
    const attempt = ++legs.attempt[row]!
    const fromClient = legs.kind[row] === REQUEST
    const ordinal = fromClient ? 0 : compiled.program.ordinal[legs.pc[row]!]!
    const leg = legs.alloc()
    this.created++
    legs.kind[leg] = LEG
    legs.parent[leg] = row
    legs.parentGeneration[leg] = legs.generation[row]!
    legs.number[leg] = legs.number[row]!
    legs.cls[leg] = legs.cls[row]!
    legs.path[leg] = mix(legs.path[row]!, call.salt, attempt, ordinal)
    legs.via[leg] = index
    legs.since[leg] = kernel.now
    legs.child[leg] = -1
    legs.backend[leg] = -1
    legs.channel[leg] = -1
    legs.frameCount[leg] = 0
    legs.outcome[leg] = OK
    legs.lost[leg] = 0
    legs.endpoint[leg] = fromClient ? compiled.classes[legs.cls[row]!]!.endpoint : call.endpoint
    if (this.keys.ofCalls) this.keys.assign(leg, row, call.key, ordinal)
    legs.replica[leg] = -1
    legs.resident[leg] = 0
    legs.core[leg] = CORE_NONE
    legs.worker[leg] = 0
    legs.memory[leg] = 0
    legs.node[leg] = call.caller
    if (fromClient && attempt === 1) legs.clearPhases(leg)
    else legs.copyPhases(row, leg)
    legs.child[row] = leg
    legs.sentAt[row] = kernel.now
    if (call.timeoutSite >= 0) {
      const timeout = Number.isNaN(call.timeoutConstant)
        ? draws.sample(call.timeoutSite, legs.number[leg]!, legs.path[leg]!, 0)
        : call.timeoutConstant
      kernel.at(kernel.now + timeout, this.timeoutKind, row, ++legs.timer[row]!)
    }
    network.send(leg, call.hop.node, call.hop.channel)
  }

  /** Whether somebody still waits for the leg's answer. */
  isAwaited(leg: number): boolean {
    const { legs } = this
    const parent = legs.parent[leg]!
    return legs.generation[parent] === legs.parentGeneration[leg] && legs.child[parent] === leg
  }

  /** Whether a timer of the leg's caller would end the wait for an answer that never comes. */
  hasTimer(leg: number): boolean {
    const { legs, compiled } = this
    const parent = legs.parent[leg]!
    if (compiled.calls[legs.via[leg]!]!.timeoutSite >= 0) return true
    return (
      legs.kind[parent] === REQUEST &&
      compiled.classes[legs.cls[parent]!]!.deadline < Number.POSITIVE_INFINITY
    )
  }

  /** The answer of the leg has come to where its caller is. */
  answered(leg: number): void {
    const { legs, kernel, requests } = this
    if (!this.isAwaited(leg)) {
      this.abandoned++
      legs.release(leg)
      return
    }
    const caller = legs.parent[leg]!
    const outcome = legs.outcome[leg]!
    legs.child[caller] = -1
    legs.timer[caller]!++
    if (outcome !== OK) {
      this.failed++
      legs.release(leg)
      this.attemptFailed(caller, outcome)
      return
    }
    this.answeredOk++
    if (legs.kind[caller] === REQUEST) {
      requests.finish(caller, OK, leg)
      legs.release(leg)
      return
    }
    legs.copyPhases(leg, caller)
    legs.since[caller] = kernel.now
    legs.release(leg)
    legs.pc[caller]!++
    kernel.task(this.resumeKind, caller, 0)
  }

  /** The caller stops waiting; the leg goes on until what it holds is released. */
  abandon(caller: number): void {
    const { legs, network } = this
    const leg = legs.child[caller]!
    legs.timer[caller]!++
    if (leg < 0) return
    legs.child[caller] = -1
    if (legs.lost[leg] === 1) network.drop(leg)
  }

  private timedOut(row: number, timer: number): void {
    if (this.legs.timer[row] !== timer) return
    this.abandon(row)
    this.attemptFailed(row, TIMEOUT)
  }

  private attemptFailed(row: number, outcome: number): void {
    const { legs, kernel, compiled, requests, services } = this
    const call = compiled.calls[legs.call[row]!]!
    const attempt = legs.attempt[row]!
    if (attempt < call.attempts) {
      if (legs.kind[row] === REQUEST && attempt === 1) legs.clearPhases(row)
      legs.since[row] = legs.sentAt[row]!
      legs.endPhase(row, call.failedCell, kernel.now)
      kernel.at(kernel.now + this.backoff(row, call, attempt), this.retryKind, row, ++legs.timer[row]!)
    } else if (legs.kind[row] === REQUEST) {
      requests.finish(row, outcome, -1)
    } else {
      services.fail(row, outcome)
    }
  }

  private backoff(row: number, call: CallSpec, attempt: number): number {
    const { base, factor, max, jitter } = call.backoff
    const full = Math.min(max, base * pow(factor, attempt - 1))
    if (jitter === 'none' || full === 0) return full
    const { legs, draws } = this
    const u = draws.uniform(
      call.jitterSite,
      legs.number[row]!,
      mix(legs.path[row]!, call.salt, attempt, 0),
      1,
    )
    return jitter === 'full' ? u * full : (full / 2) * (1 + u)
  }

  private retry(row: number, timer: number): void {
    const { legs, kernel, compiled } = this
    if (legs.timer[row] !== timer) return
    legs.endPhase(row, compiled.calls[legs.call[row]!]!.backoffCell, kernel.now)
    this.attempt(row)
  }

  save(): unknown {
    return {
      created: this.created,
      answeredOk: this.answeredOk,
      failed: this.failed,
      abandoned: this.abandoned,
    }
  }

  restore(state: unknown): void {
    Object.assign(this, state)
  }
}

/** Draws of two legs of one request share nothing unless all of this is equal. */
function mix(path: number, salt: number, attempt: number, ordinal: number): number {
  let h = Math.imul(path ^ salt, 0x9e3779b1) ^ Math.imul(attempt, 0x85ebca6b) ^ Math.imul(ordinal, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return h ^ (h >>> 13)
}
