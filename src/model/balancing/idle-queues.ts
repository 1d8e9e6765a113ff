/**
 * The idle queues of join idle queue: a replica that becomes idle joins the queue of one balancer that has one, and
 * stays there until that balancer takes it, whatever others have sent to it meanwhile.
 */
import { Stream, type StreamState } from '../../random/index.ts'
import type { Replicas } from '../replicas.ts'
import type { Balancer } from './balancer.ts'

export class IdleQueues {
  private readonly balancers: readonly Balancer[]
  private readonly replicas: Replicas
  private readonly balancerOf: Int32Array
  private readonly slotOf: Int32Array
  /** Slots in the order in which they came, of the balancers that have a queue. */
  private readonly queues: (number[] | undefined)[] = []
  /** 1: the replica is in some queue. */
  private readonly queued: Uint8Array
  private readonly draws: Stream

  constructor(
    balancers: readonly Balancer[],
    replicas: Replicas,
    balancerOf: Int32Array,
    slotOf: Int32Array,
    seed: number | string,
  ) {
    this.balancers = balancers
    this.replicas = replicas
    this.balancerOf = balancerOf
    this.slotOf = slotOf
    this.queued = new Uint8Array(replicas.load.length)
    this.draws = Stream.derive(seed, 'idle queues')
  }

  /** Whether a balancer's queue was opened already. */
  isOpen(b: number): boolean {
    return this.queues[b] !== undefined
  }

  /** Opens the queue of a balancer: idle replicas join. */
  open(b: number): void {
    this.queues[b] = []
    for (const r of this.balancers[b]!.spec.replicas) if (this.replicas.load[r] === 0) this.becameIdle(r)
  }

  becameIdle(r: number): void {
    if (this.queued[r] === 1) return
    const backends = this.replicas.backends[r]!
    let chosen = -1
    let candidates = 0
    for (const backend of backends) {
      const b = this.balancerOf[backend]!
      if (this.queues[b] === undefined || this.balancers[b]!.available[this.slotOf[backend]!] !== 1) continue
      candidates++
      if (candidates === 1 || this.draws.int(candidates) === 0) chosen = backend
    }
    if (chosen < 0) return
    this.queued[r] = 1
    this.queues[this.balancerOf[chosen]!]!.push(this.slotOf[chosen]!)
  }

  /** The slot that has waited longest, out of the queue; those that are not available any more are left out. */
  take(b: number): number {
    const balancer = this.balancers[b]!
    const queue = this.queues[b]!
    for (let slot = queue.shift(); slot !== undefined; slot = queue.shift()) {
      this.queued[balancer.spec.replicas[slot]!] = 0
      if (balancer.available[slot] === 1) return slot
    }
    return -1
  }

  save(): unknown {
    return {
      queues: this.balancers.map((_, b) => this.queues[b]?.slice() ?? null),
      queued: this.queued.slice(),
      draws: this.draws.save(),
    }
  }

  restore(state: unknown): void {
    const from = state as { queues: (number[] | null)[]; queued: Uint8Array; draws: StreamState }
    from.queues.forEach((queue, b) => {
      this.queues[b] = queue?.slice()
    })
    this.queued.set(from.queued)
    this.draws.load(from.draws)
  }
}
