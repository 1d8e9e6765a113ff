import { type BootstrapOptions, percentileInterval } from './bootstrap.ts'
import type { Interval } from './interval.ts'

/** `scores[run][task]`, every run of every task independent of the others. */
export type Scores = readonly (readonly number[])[]

/**
 * The interval of an aggregate over runs and tasks, with runs resampled within each task: Agarwal et al.,
 * "Deep reinforcement learning at the edge of the statistical precipice" (2021). The matrix that `statistic`
 * is given is reused.
 */
export function stratifiedBootstrap(
  scores: Scores,
  statistic: (scores: Scores) => number,
  options: BootstrapOptions,
): Interval {
  const runs = scores.length
  const sample = scores.map((row) => [...row])
  const resample = (): number => {
    for (const row of sample) {
      for (let task = 0; task < row.length; task++) row[task] = scores[options.draws.int(runs)]![task]!
    }
    return statistic(sample)
  }
  return percentileInterval(statistic(scores), resample, runs, options)
}
