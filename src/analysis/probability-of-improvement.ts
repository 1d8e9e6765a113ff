import type { Scores } from './stratified-bootstrap.ts'

/**
 * How likely a run of x scores above a run of y on a task drawn at random: the Mann-Whitney statistic, ties
 * counted half, averaged over tasks. Runs need not be equally many.
 */
export function probabilityOfImprovement(x: Scores, y: Scores): number {
  const tasks = x[0]?.length ?? 0
  let sum = 0
  for (let task = 0; task < tasks; task++) {
    let wins = 0
    for (const a of x) {
      for (const b of y) {
        if (a[task]! > b[task]!) wins += 1
        else if (a[task]! === b[task]!) wins += 0.5
      }
    }
    sum += wins / (x.length * y.length)
  }
  return sum / tasks
}
