/**
 * Park's two load balancing presets under heuristics, on the same 100 evaluation seeds (`--seeds n`):
 * `node dist/benchmarks/studies/park-baselines.mjs`. Mean response times, and of each heuristic the geometric mean of
 * its ratio to least work left on the same jobs, with Student's 95 % interval of the mean of the logarithms: sizes of
 * the heavy-tailed preset have no variance, so that ratios say more than means.
 */
import { parseArgs } from 'node:util'
import { createAgent } from '../../agents/index.ts'
import { make } from '../../envs/index.ts'
import { iqm, mean, meanInterval, quantile } from '../../src/analysis/index.ts'
import { exp, log } from '../../src/random/index.ts'
import { seedsOf } from '../seeds.ts'

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '100' } } })
const seeds = seedsOf('evaluation', Number(values.seeds))

/** Label, agent, parameters; the first is what the others are compared with. */
const HEURISTICS: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ['least work left', 'park-least-work', {}],
  ['least work left, ties to fastest', 'park-least-work', { ties: 'fastest' }],
  ['(work + .1 size) / rate^1.4', 'park-offset-work', {}],
  ['(observed load + size) / rate', 'park-shortest-completion', {}],
  ['least observed load', 'park-least-load', {}],
  ['earliest completion', 'park-earliest-completion', {}],
  ['shortest queue, ties to fastest', 'jsq', { ties: 'fastest' }],
  ['shortest expected delay', 'sed', {}],
  ['shortest queue, ties to first', 'jsq', { ties: 'first' }],
  ['round robin', 'round-robin', {}],
  ['random by rate', 'weighted-random', {}],
  ['random', 'random', {}],
  ['fastest alone', 'park-fastest', {}],
]

function meanResponse(
  id: string,
  name: string,
  params: Readonly<Record<string, unknown>>,
  seed: number,
): number {
  const env = make(id)
  const agent = createAgent(name, params, { actionSpace: env.actionSpace })
  agent.reset?.(seed)
  let { observation, info } = env.reset({ seed })
  for (;;) {
    const step = env.step(agent.act(observation, info))
    ;({ observation, info } = step)
    if (step.terminated) return (info.summary as { meanResponse: number }).meanResponse
  }
}

for (const id of ['Park/LoadBalance-v0', 'Park/LoadBalanceUniform-v0']) {
  console.log(`${id}, ${seeds.length} seeds`)
  console.log(
    `${'mean response time'.padEnd(34)}${['mean', 'IQM', 'median'].map((s) => s.padStart(10)).join('')}   ratio to the first, 95 %      better in`,
  )
  let base: number[] | undefined
  for (const [label, name, params] of HEURISTICS) {
    const responses = seeds.map((seed) => meanResponse(id, name, params, seed))
    base ??= responses
    const to = base
    const figures = [mean(responses), iqm(responses), quantile(responses, 0.5)]
    const row = label.padEnd(34) + figures.map((x) => x.toFixed(1).padStart(10)).join('')
    if (to === responses) {
      console.log(row)
      continue
    }
    const { estimate, low, high } = meanInterval(responses.map((x, i) => log(x / to[i]!)))
    const ratio = (x: number | null): string => exp(x ?? Number.NaN).toFixed(4)
    const wins = responses.filter((x, i) => x < to[i]!).length
    const percent = `${((100 * wins) / responses.length).toFixed(0)} %`
    console.log(`${row}   ${ratio(estimate)} (${ratio(low)} to ${ratio(high)})   ${percent.padStart(8)}`)
  }
  console.log()
}
