import { type BootstrapOptions, percentileInterval } from './bootstrap.ts'
import type { Interval } from './interval.ts'

/**
 * The interval of a statistic of the mean over runs and episodes, where every run was measured on the same
 * episodes: `runs[i][j]` is run i on episode j. Both are drawn with replacement, runs as a whole and episodes
 * in common, so that the spread between training runs and that between episodes both count (cf. Owen, "The
 * pigeonhole bootstrap", 2007). With one run it is the bootstrap over episodes.
 *
 * Several matrices of the same episodes are resampled together: `statistic` gets one mean for each, in their
 * order, so that a difference or a ratio of agents stays paired.
 */
export function twoLevelBootstrap(
  matrices: readonly (readonly (readonly number[])[])[],
  statistic: (means: readonly number[]) => number,
  options: BootstrapOptions,
): Interval {
  const episodes = matrices[0]?.[0]?.length ?? 0
  const { draws } = options
  const everyEpisode = Int32Array.from({ length: episodes }, (_, j) => j)
  const drawn = new Int32Array(episodes)
  const means = matrices.map(() => 0)

  const resample = (): number => {
    for (let j = 0; j < episodes; j++) drawn[j] = draws.int(episodes)
    matrices.forEach((runs, m) => {
      let sum = 0
      for (let i = 0; i < runs.length; i++) {
        const run = runs.length === 1 ? runs[0]! : runs[draws.int(runs.length)]!
        sum += sumAt(run, drawn)
      }
      means[m] = sum / (runs.length * episodes)
    })
    return statistic(means)
  }
  const estimate = statistic(
    matrices.map((runs) => {
      const sum = runs.reduce((total, run) => total + sumAt(run, everyEpisode), 0)
      return sum / (runs.length * episodes)
    }),
  )
  return percentileInterval(estimate, resample, episodes, options)
}

function sumAt(values: readonly number[], indices: Int32Array): number {
  let sum = 0
  for (let j = 0; j < indices.length; j++) sum += values[indices[j]!]!
  return sum
}
