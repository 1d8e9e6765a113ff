/**
 * A minimum over the slots of a balancer that a policy reads: slots that changed are put in order at the next read, so
 * that nothing is done for an index that nobody asks for any more.
 */
import { MinIndex } from '../../policies/min-index.ts'
import type { BalancerView, IndexKey } from '../../policies/types.ts'

export class LazyIndex {
  readonly key: IndexKey
  /** Whether its keys depend on the loads; else on what is in flight. */
  readonly onLoad: boolean
  private readonly index: MinIndex
  private readonly changed: Int32Array
  private readonly isChanged: Uint8Array
  private count = 0

  constructor(key: IndexKey, n: number) {
    this.key = key
    this.onLoad = key.dependsOn === 'load'
    this.index = new MinIndex(n)
    this.changed = new Int32Array(n)
    this.isChanged = new Uint8Array(n)
  }

  touch(slot: number): void {
    if (this.isChanged[slot] === 1) return
    this.isChanged[slot] = 1
    this.changed[this.count++] = slot
  }

  read(view: BalancerView): MinIndex {
    const { key, index, changed, isChanged, count } = this
    for (let i = 0; i < count; i++) {
      const slot = changed[i]!
      isChanged[slot] = 0
      index.set(slot, view.available[slot] === 1 ? key.of(view, slot) : Number.POSITIVE_INFINITY)
    }
    this.count = 0
    return index
  }
}
