/**
 * p-values adjusted for being several, in their order: S. Holm, "A simple sequentially rejective multiple
 * test procedure" (1979). Those of at most alpha may be rejected together at level alpha.
 */
export function holm(pValues: readonly number[]): number[] {
  const m = pValues.length
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted: number[] = new Array(m).fill(0)
  let largest = 0
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (m - rank) * pValues[index]!))
    adjusted[index] = largest
  })
  return adjusted
}
