/**
 * Decisions that wait for probes, for a policy with `sync`: a leg that arrives has some available slots probed, and goes on
 * to its decision once enough of them have answered, or after a while.
 */
import type { Kernel } from '../../engine/kernel.ts'
import type { Legs } from '../legs.ts'
import type { World } from '../world.ts'
import type { Balancer } from './balancer.ts'
import type { Probes } from './probes.ts'

/** Of a leg that waits, or whose decision is due. */
type Waiting = {
  readonly b: number
  readonly timer: number
  readonly wanted: number
  readonly slots: number[]
  readonly loads: number[]
  readonly latencies: number[]
  due: boolean
}

export class SyncProbes {
  private readonly kernel: Kernel
  private readonly legs: Legs
  private readonly balancers: readonly Balancer[]
  private readonly probes: Probes
  private readonly decideKind: number
  private readonly timeoutKind: number
  private readonly waiting = new Map<number, Waiting>()

  constructor(world: World, balancers: readonly Balancer[], probes: Probes, decideKind: number) {
    this.kernel = world.kernel
    this.legs = world.legs
    this.balancers = balancers
    this.probes = probes
    this.decideKind = decideKind
    this.timeoutKind = this.kernel.on('a wait for probes is over', (leg, timer) => {
      if (this.waiting.get(leg)?.timer === timer) this.goOn(leg)
    })
  }

  /** Before a decision for the leg: whether that comes later. Else the view has the answers, if any were asked for. */
  holds(b: number, leg: number): boolean {
    const balancer = this.balancers[b]!
    const known = this.waiting.get(leg)
    if (known?.due) {
      this.waiting.delete(leg)
      balancer.setAnswers(known.slots, known.loads, known.latencies)
      return false
    }
    const { sync } = balancer.listener ?? balancer.policy
    if (sync === undefined || balancer.spec.admissionCell < 0) return false
    const { kernel, legs } = this
    legs.node[leg] = balancer.spec.node
    const count = Math.min(sync.probes, balancer.availableCount)
    const timer = ++legs.timer[leg]!
    const wanted = Math.max(1, Math.min(sync.answers, count))
    this.waiting.set(leg, { b, timer, wanted, slots: [], loads: [], latencies: [], due: false })
    kernel.at(kernel.now + sync.timeout, this.timeoutKind, leg, timer)
    for (const slot of distinct(balancer, count)) this.probes.send(b, slot, leg, timer)
    return true
  }

  /** A probe that was sent for the leg is answered. */
  answered(leg: number, timer: number, slot: number, load: number, latency: number): void {
    const waiting = this.waiting.get(leg)
    if (waiting === undefined || waiting.timer !== timer || waiting.due) return
    waiting.slots.push(slot)
    waiting.loads.push(load)
    waiting.latencies.push(latency)
    if (waiting.slots.length >= waiting.wanted) this.goOn(leg)
  }

  private goOn(leg: number): void {
    const { legs, kernel } = this
    const waiting = this.waiting.get(leg)!
    if (waiting.due) return
    waiting.due = true
    legs.endPhase(leg, this.balancers[waiting.b]!.spec.admissionCell, kernel.now)
    kernel.task(this.decideKind, waiting.b, leg)
  }

  save(): unknown {
    return [...this.waiting].map(([leg, { slots, loads, latencies, ...own }]) => ({
      ...{ leg, ...own },
      ...{ slots: [...slots], loads: [...loads], latencies: [...latencies] },
    }))
  }

  restore(state: unknown): void {
    this.waiting.clear()
    for (const { leg, slots, loads, latencies, ...own } of state as (Waiting & { leg: number })[])
      this.waiting.set(leg, {
        ...own,
        ...{ slots: [...slots], loads: [...loads], latencies: [...latencies] },
      })
  }
}

/** So many distinct available slots, uniformly, from the policy's own stream. */
function distinct({ n, available, draws }: Balancer, count: number): number[] {
  const slots: number[] = []
  for (let slot = 0; slot < n; slot++) if (available[slot] === 1) slots.push(slot)
  for (let i = 0; i < count; i++) {
    const j = i + draws.int(slots.length - i)
    const other = slots[i]!
    slots[i] = slots[j]!
    slots[j] = other
  }
  return slots.slice(0, count)
}
