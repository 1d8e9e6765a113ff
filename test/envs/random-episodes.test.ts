import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyEpisode, newCounts, playEpisodes } from '../support/random-episodes.ts'

/** `node dist/benchmarks/studies/random-episodes.mjs` sets these for its long run. */
const { RANDOM_EPISODES, RANDOM_EPISODES_EACH } = process.env
const EPISODES = Number(RANDOM_EPISODES ?? 40)
/** Of one environment. */
const EACH = Number(RANDOM_EPISODES_EACH ?? 2)
/** Of the scenarios, at least so many are possible in the environment that is drawn. */
const TAKEN = 0.45

const tell = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${String(count).padStart(8)} ${name}`).join('\n')

test('observations of random episodes are in their space, rewards are finite, and snapshots hold', () => {
  const counts = newCounts()
  fc.assert(
    fc.property(anyEpisode, (episode) => playEpisodes(episode, EACH, counts)),
    { numRuns: Math.ceil(EPISODES / EACH / TAKEN), seed: 1 },
  )
  expect(counts.episodes).toBeGreaterThanOrEqual(EPISODES)
  expect([...counts.byEnvironment.keys()]).toEqual(
    expect.arrayContaining(['Autoscaling-v0', 'LoadBalancing-v0']),
  )
  if (RANDOM_EPISODES !== undefined) {
    process.stderr.write(
      `${counts.episodes} episodes, ${counts.steps} steps, ${EACH} episodes of a scenario\n` +
        `${tell(counts.byEnvironment)}\nscenarios that an environment cannot be of:\n${tell(counts.refused)}\n`,
    )
  }
}, 3_600_000)
