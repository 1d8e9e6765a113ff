/**
 * Hedged calls: where an attempt takes long, copies of it are sent, and the first success counts (J. Dean, L. A.
 * Barroso: The Tail at Scale, CACM 2013). The copies of an attempt are linked from the newest to the oldest.
 */
import type { Kernel } from '../engine/kernel.ts'
import type { Draws } from '../random/index.ts'
import { OUTCOMES } from '../results/types.ts'
import type { CallColumns } from './call-columns.ts'
import { type CallSites, HEDGE_WINS, HEDGES } from './call-sites.ts'
import type { Callers } from './callers.ts'
import type { CallSpec, Compiled } from './compile/compiled.ts'
import type { Legs } from './legs.ts'
import { REQUEST } from './legs.ts'
import type { World } from './world.ts'

const OK = OUTCOMES.indexOf('ok')

export class Hedges {
  private readonly callers: Callers
  private readonly columns: CallColumns
  private readonly sites: CallSites
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly draws: Draws
  private readonly compiled: Compiled
  private readonly dueKind: number

  constructor(world: World, callers: Callers) {
    this.callers = callers
    this.columns = callers.columns
    this.sites = callers.sites
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.draws = world.draws
    this.compiled = world.compiled
    this.dueKind = world.kernel.on('a copy is due', (row, timer) => this.send(row, timer))
  }

  /** The row has sent the first leg of an attempt, under its running timer. */
  begin(row: number, leg: number, index: number, call: CallSpec): void {
    this.columns.copies[row] = 0
    this.plan(row, leg, index, call)
  }

  private plan(row: number, leg: number, index: number, call: CallSpec): void {
    const { legs, kernel, draws, callers } = this
    const { site, constant } = call.hedge!
    let after = constant
    if (site < 0) after = this.sites.hedgeQuantile(index, callers.instanceOf(row, call))
    else if (Number.isNaN(after)) after = draws.sample(site, legs.number[leg]!, legs.path[leg]!, 0)
    if (after < Number.POSITIVE_INFINITY) kernel.at(kernel.now + after, this.dueKind, row, legs.timer[row]!)
  }

  /** The attempt of the row has taken long: a copy of it is sent, if it may. */
  private send(row: number, timer: number): void {
    const { legs, kernel, compiled, columns, sites, callers } = this
    if (legs.timer[row] !== timer) return
    const index = legs.call[row]!
    const call = compiled.calls[index]!
    if (!sites.mayHedge(index, callers.instanceOf(row, call), kernel.now)) return
    sites.add(index, HEDGES)
    legs.attempt[row]!++
    const tries = legs.attempt[row]! - ++columns.hedged[row]!
    const leg = callers.makeLeg(row, index, call)
    if (legs.kind[row] === REQUEST && tries === 1) legs.clearPhases(leg)
    else legs.copyPhases(row, leg)
    // The wait until a copy is sent is its delay, whatever the first one did meanwhile.
    legs.since[leg] = legs.sentAt[row]!
    legs.endPhase(leg, call.backoffCell, kernel.now)
    columns.sibling[leg] = legs.child[row]!
    legs.child[row] = leg
    if (++columns.copies[row]! < call.hedge!.max) this.plan(row, leg, index, call)
    this.world.network.send(leg, call.hop.node, call.hop.channel)
  }

  /** Whether another copy of the leg's attempt is at replica `r`, or on its way there. */
  hasCopyAt(leg: number, r: number): boolean {
    const { legs, columns, callers } = this
    if (!callers.isAwaited(leg)) return false
    for (let child = legs.child[legs.parent[leg]!]!; child >= 0; child = columns.sibling[child]!) {
      if (child !== leg && legs.replica[child] === r) return true
    }
    return false
  }

  /** Takes the leg out of its caller's copies. Of a success the others are given up; else: whether there are others. */
  answered(caller: number, leg: number, outcome: number): boolean {
    const { legs, columns } = this
    const { sibling } = columns
    if (legs.child[caller] === leg) {
      legs.child[caller] = sibling[leg]!
    } else {
      let before = legs.child[caller]!
      while (sibling[before] !== leg) before = sibling[before]!
      sibling[before] = sibling[leg]!
    }
    if (outcome !== OK) return legs.child[caller]! >= 0
    if (columns.sent[leg]! > legs.sentAt[caller]!) this.sites.add(legs.via[leg]!, HEDGE_WINS)
    this.callers.abandon(caller, -1)
    return false
  }
}
