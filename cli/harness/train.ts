/** What `asyncflow train` does between its arguments and its output. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createAgent } from '../../agents/index.ts'
import { readTrainedAgent, type TrainManifest, trainAgent } from '../../benchmarks/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { interruptible } from '../interrupt.ts'
import { formatDuration, formatNumber } from '../terminal/format.ts'
import type { Output } from '../terminal/output.ts'
import { startProgress } from '../terminal/progress.ts'
import { type EnvironmentArguments, readEnvironment } from './environment.ts'

export type TrainArguments = EnvironmentArguments & {
  readonly steps: number
  readonly seed: number
  readonly out: string
  /** Parameters of the agent. */
  readonly set?: Readonly<Record<string, unknown>> | undefined
  readonly resume?: boolean | undefined
  /** False: the last weights are kept, not the best. */
  readonly validation?: boolean | undefined
}

export async function train(
  name: string,
  id: string,
  options: TrainArguments,
  output: Output,
): Promise<TrainManifest> {
  const { steps, seed, out, set: params = {} } = options
  const { kwargs } = readEnvironment(id, options, output)
  if (createAgent(name, params).train === undefined) {
    const hint = 'Only learners are trained; `asyncflow agents` lists them.'
    throw new ConfigError([{ what: `agent "${name}" does not learn`, path: '', hint }])
  }
  const from = options.resume === true ? readCheckpoint(out) : undefined
  const progress = startProgress(`Training ${name}`, steps, output.quiet)
  try {
    const { manifest } = await interruptible((signal) =>
      trainAgent({
        ...{ agent: name, params, environment: id, kwargs, steps, seed, out, from, signal },
        ...(options.validation === false && { validation: false }),
        onProgress: ({ done, metrics }) => progress.update(Math.min(done, steps), returnNote(metrics)),
      }),
    )
    return manifest
  } finally {
    progress.stop()
  }
}

export function summarizeTraining({
  unit,
  selectedAt,
  curve,
  seconds,
  decisions,
  interrupted,
}: TrainManifest): string {
  const best = curve.find((point) => point.steps === selectedAt)
  const cost = best === undefined ? '' : `, validation cost ${formatNumber(best.cost)}`
  const speed = formatNumber(Math.round(decisions.training / seconds))
  return `${unit.agent.name} on ${unit.environment.id}, seed ${unit.seed}${interrupted ? ', stopped early' : ''}
  ${decisions.training} steps in ${formatDuration(seconds)}, ${speed} per second
  kept the agent of step ${selectedAt}${cost}
`
}

function readCheckpoint(folder: string): Uint8Array {
  if (existsSync(join(folder, 'manifest.json'))) return readTrainedAgent(folder).checkpoint
  const hint = 'Leave --resume out to begin, or name the folder of a training.'
  throw new ConfigError([{ what: 'there is no training to resume', path: '--out', file: folder, hint }])
}

function returnNote(metrics: Readonly<Record<string, number>> | undefined): string {
  const value = metrics?.['charts/episodic_return']
  return value === undefined ? '' : `return ${formatNumber(value)}`
}
