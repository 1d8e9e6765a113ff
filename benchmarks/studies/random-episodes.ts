/**
 * Ten thousand episodes of random environments of random scenarios under random actions:
 * `node dist/benchmarks/studies/random-episodes.mjs` (`--episodes n`, `--each n` of a scenario) in a checkout. It runs the
 * property of test/envs/random-episodes.test.ts with that budget: every observation is inside its space, every reward and
 * every term finite, no episode terminates or throws, and each goes on from a snapshot bit for bit. Exit code 1 where not,
 * with the smallest episode that fast-check finds.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { PACKAGE_ROOT } from '../perf/subject-process.ts'

const { values } = parseArgs({
  options: { episodes: { type: 'string', default: '10000' }, each: { type: 'string', default: '10' } },
})

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    'test/envs/random-episodes.test.ts',
    '--disable-console-intercept',
  ],
  {
    cwd: PACKAGE_ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      RANDOM_EPISODES: values.episodes,
      RANDOM_EPISODES_EACH: values.each,
      NO_COLOR: '1',
    },
  },
)
process.exitCode = status ?? 1
