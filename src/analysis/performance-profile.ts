import type { Scores } from './stratified-bootstrap.ts'

/** For each threshold the share of all runs of all tasks that score above it (Dolan and More, 2002). */
export function performanceProfile(scores: Scores, thresholds: readonly number[]): number[] {
  const all = scores.flat()
  return thresholds.map((threshold) => all.filter((score) => score > threshold).length / all.length)
}
