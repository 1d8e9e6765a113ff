/** The interquartile mean: of what is left when a quarter (rounded down) is cut off at either end. */
export function iqm(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const cut = Math.floor(sorted.length / 4)
  let sum = 0
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i]!
  return sum / (sorted.length - 2 * cut)
}
