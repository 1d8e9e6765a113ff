/**
 * A server that is shared equally, in virtual time: the work that every row present has got. A row that comes at V
 * with demand d leaves at V + d whoever comes and goes meanwhile, so that the next to leave is the head of a heap.
 */

/** One server: a binary heap of (virtual time of leaving, order of arrival, row). */
export type Share = {
  virtual: number
  /** When `virtual` was right. */
  updated: number
  /** Events that carry another number are stale. */
  epoch: number
  order: number
  leave: number[]
  orders: number[]
  rows: number[]
}

export function emptyShare(): Share {
  return { virtual: 0, updated: 0, epoch: 0, order: 0, leave: [], orders: [], rows: [] }
}

export function copyShare(share: Share): Share {
  return { ...share, leave: [...share.leave], orders: [...share.orders], rows: [...share.rows] }
}

function less(share: Share, i: number, j: number): boolean {
  const a = share.leave[i]!
  const b = share.leave[j]!
  return a < b || (a === b && share.orders[i]! < share.orders[j]!)
}

function swap(share: Share, i: number, j: number): void {
  for (const list of [share.leave, share.orders, share.rows]) {
    const kept = list[i]!
    list[i] = list[j]!
    list[j] = kept
  }
}

export function push(share: Share, leave: number, row: number): void {
  let i = share.rows.length
  share.leave.push(leave)
  share.orders.push(share.order++)
  share.rows.push(row)
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!less(share, i, parent)) break
    swap(share, i, parent)
    i = parent
  }
}

/** Takes out the first row, or the one at `at`. */
export function pop(share: Share, at = 0): void {
  const last = share.rows.length - 1
  swap(share, at, last)
  share.leave.pop()
  share.orders.pop()
  share.rows.pop()
  let i = at
  for (let parent = (i - 1) >> 1; i > 0 && i < last && less(share, i, parent); parent = (i - 1) >> 1) {
    swap(share, i, parent)
    i = parent
  }
  for (;;) {
    let child = 2 * i + 1
    if (child >= last) return
    if (child + 1 < last && less(share, child + 1, child)) child++
    if (!less(share, child, i)) return
    swap(share, i, child)
    i = child
  }
}
