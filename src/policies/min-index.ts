/**
 * The smallest of n keys that change one at a time: a tournament tree over flat arrays. A node holds the
 * least key below it and how many slots have that key, so that the k-th of many tied slots costs O(log n).
 */
export class MinIndex {
  /** Number of slots. */
  readonly n: number
  /** Number of leaves, a power of two; slot i is node leaves + i, the root is node 1. */
  private readonly leaves: number
  private readonly least: Float64Array
  private readonly tied: Int32Array

  /** All keys start as Infinity: unavailable. */
  constructor(n: number) {
    this.n = n
    let leaves = 1
    while (leaves < n) leaves *= 2
    this.leaves = leaves
    this.least = new Float64Array(2 * leaves).fill(Number.POSITIVE_INFINITY)
    this.tied = new Int32Array(2 * leaves)
  }

  /** The key of slot i becomes `key`; Infinity takes the slot out. NaN is not a key. */
  set(i: number, key: number): void {
    const { least, tied } = this
    let node = this.leaves + i
    if (least[node] === key) return
    least[node] = key
    tied[node] = key < Number.POSITIVE_INFINITY ? 1 : 0
    while (node > 1) {
      const a = least[node]!
      const b = least[node ^ 1]!
      const count = a < b ? tied[node]! : b < a ? tied[node ^ 1]! : tied[node]! + tied[node ^ 1]!
      const smaller = Math.min(a, b)
      node >>= 1
      if (least[node] === smaller && tied[node] === count) return
      least[node] = smaller
      tied[node] = count
    }
  }

  /** The key of slot i. */
  get(i: number): number {
    return this.least[this.leaves + i]!
  }

  /** The smallest key; Infinity when every slot is unavailable. */
  get min(): number {
    return this.least[1]!
  }

  /** How many slots have the smallest key; 0 when every slot is unavailable. */
  count(): number {
    return this.tied[1]!
  }

  /** The lowest slot with the smallest key; -1 when every slot is unavailable. */
  first(): number {
    return this.tied[1] === 0 ? -1 : this.leftmost(1, this.least[1]!)
  }

  /** The k-th slot with the smallest key, in slot order from 0; 0 <= k < count(). */
  nth(k: number): number {
    const { least, tied, leaves } = this
    const min = least[1]!
    let rest = k
    let node = 1
    while (node < leaves) {
      node *= 2
      const left = least[node] === min ? tied[node]! : 0
      if (rest >= left) {
        rest -= left
        node++
      }
    }
    return node - leaves
  }

  /**
   * The lowest slot above `slot` with the smallest key, or the lowest of all when there is none above;
   * `slot` may be -1. -1 when every slot is unavailable.
   */
  after(slot: number): number {
    const { least } = this
    const min = least[1]!
    if (slot >= 0) {
      let node = this.leaves + slot
      while (node > 1) {
        if ((node & 1) === 0 && least[node + 1] === min && this.tied[node + 1]! > 0) {
          return this.leftmost(node + 1, min)
        }
        node >>= 1
      }
    }
    return this.first()
  }

  /** Calls `visit` with each slot that has the smallest key, in slot order. */
  forEachMin(visit: (slot: number) => void): void {
    if (this.tied[1]! > 0) this.visitBelow(1, this.least[1]!, visit)
  }

  private visitBelow(start: number, min: number, visit: (slot: number) => void): void {
    const { least, leaves } = this
    let node = start
    while (node < leaves) {
      node *= 2
      if (least[node] !== min) node++
      else if (least[node + 1] === min) {
        this.visitBelow(node, min, visit)
        node++
      }
    }
    visit(node - leaves)
  }

  private leftmost(start: number, min: number): number {
    const { least, leaves } = this
    let node = start
    while (node < leaves) {
      node *= 2
      if (least[node] !== min) node++
    }
    return node - leaves
  }
}
