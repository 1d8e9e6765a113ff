/**
 * What a balancer does about more legs than it should hand on: limits of rate and concurrency where they arrive, with a
 * queue of its own before the limit, from which it may shed. It holds a leg's place until the answer passes.
 */
import type { Kernel } from '../../engine/kernel.ts'
import { OUTCOMES } from '../../results/types.ts'
import { Limits, type LimitsHost } from '../admission/limits.ts'
import { BY_QUEUE, BY_RATE, EXPIRED, Refusals } from '../admission/refusals.ts'
import type { BalancerSpec } from '../compile/compiled.ts'
import type { Legs } from '../legs.ts'
import type { World } from '../world.ts'

const SHED = OUTCOMES.indexOf('shed')
const RATE_LIMITED = OUTCOMES.indexOf('rate-limited')
const DEADLINE = OUTCOMES.indexOf('deadline')

export class BalancerAdmission implements LimitsHost {
  /** By balancer. */
  readonly refusals: Refusals
  readonly limits: Limits
  /** A forwarded leg may be in flight at several balancers: one cell for each that its answer passes. */
  readonly width: number
  private readonly world: World
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly specs: readonly BalancerSpec[]
  private readonly decideKind: number
  private readonly refuseKind: number

  /** `decideKind`: the event in which a balancer decides for a leg. */
  constructor(world: World, decideKind: number) {
    this.world = world
    this.kernel = world.kernel
    this.legs = world.legs
    this.specs = world.compiled.balancers
    this.decideKind = decideKind
    this.width = world.compiled.frames + 1
    this.refusals = new Refusals(this.specs.length)
    const units = this.specs.map(({ name, overload, admissionCell }, b) => ({
      name,
      firstInstance: b,
      instances: 1,
      shared: false,
      endpoints: [],
      waitCell: admissionCell,
      rateLimit: overload?.rateLimit,
      concurrencyLimit: overload?.concurrencyLimit,
      bulkheads: overload?.bulkheads,
      order: overload?.queue ?? 'fifo',
      shedDelay: overload?.shedDelay,
    }))
    this.limits = new Limits(world, units, this.refusals, this, 'to a balancer')
    this.refuseKind = this.kernel.on('a balancer refuses a leg', (leg, timer) => {
      if (this.legs.timer[leg] === timer) world.network.back(leg)
    })
  }

  /** Of a leg that arrives at balancer `b`: whether it goes on to a decision now; else it waits, or is refused. */
  admits(leg: number, b: number): boolean {
    const { limits, legs } = this
    const { overload, node } = this.specs[b]!
    if (overload === undefined) return true
    legs.node[leg] = node
    const cell = this.cellOf(leg)
    limits.begin(cell)
    if (!this.isWanted(leg, b)) {
      this.discard(leg)
      return false
    }
    if (limits.isTooFast(leg, cell, b, b)) {
      this.refusals.add(b, BY_RATE)
      this.answer(leg, RATE_LIMITED)
      return false
    }
    const reason = limits.refuses(leg, cell, b, b)
    if (reason >= 0) {
      this.refusals.add(b, reason)
      this.refuse(leg)
      return false
    }
    limits.take(leg, cell, b, b)
    return !limits.holds(leg, cell, b, b)
  }

  /** Balancer `b` has no backend for the leg: whether it is shed, since `waiting` legs wait for one already. */
  isQueueFull(b: number, waiting: number): boolean {
    const { overload } = this.specs[b]!
    if (overload === undefined || waiting < overload.queueLimit) return false
    this.refusals.add(b, BY_QUEUE)
    return true
  }

  /** The leg is no longer in flight at balancer `b`, which was the `depth`-th that its answer passes; `ok`: it succeeded. */
  left(leg: number, b: number, depth: number, ok: boolean): void {
    if (this.specs[b]!.overload !== undefined) this.limits.left(leg, leg + depth, b, ok)
  }

  instanceOf(leg: number): number {
    return this.world.compiled.nodes[this.legs.node[leg]!]!.index
  }

  cellOf(leg: number): number {
    return leg + this.legs.frameCount[leg]!
  }

  enter(leg: number): void {
    this.kernel.task(this.decideKind, this.instanceOf(leg), leg)
  }

  refuse(leg: number): void {
    this.answer(leg, SHED)
  }

  isWanted(leg: number, b: number): boolean {
    return this.specs[b]!.overload?.shedExpired !== true || this.world.callers.isWanted(leg)
  }

  discard(leg: number): void {
    this.refusals.add(this.instanceOf(leg), EXPIRED)
    this.answer(leg, DEADLINE)
  }

  /** As a task: the caller may do anything about it, also send another leg here. */
  private answer(leg: number, outcome: number): void {
    this.legs.outcome[leg] = outcome
    this.kernel.task(this.refuseKind, leg, this.legs.timer[leg]!)
  }

  save(): unknown {
    return { refused: this.refusals.counts.slice(), limits: this.limits.save() }
  }

  restore(state: unknown): void {
    const from = state as { refused: Float64Array; limits: unknown }
    this.refusals.counts.set(from.refused)
    this.limits.restore(from.limits)
  }
}
