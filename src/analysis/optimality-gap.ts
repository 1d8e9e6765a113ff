import type { Scores } from './stratified-bootstrap.ts'

/** By how much the scores, those above `target` counted as it, fall short of it on average. */
export function optimalityGap(scores: Scores, target = 1): number {
  const all = scores.flat()
  return target - all.reduce((sum, score) => sum + Math.min(score, target), 0) / all.length
}
