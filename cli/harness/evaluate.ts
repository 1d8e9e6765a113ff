/** What `asyncflow evaluate` does between its arguments and its output. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createAgent } from '../../agents/index.ts'
import {
  type EvaluatedAgent,
  evaluateAgents,
  type Report,
  readTrainedAgent,
  registerOptimal,
} from '../../benchmarks/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { interruptible } from '../interrupt.ts'
import type { Output } from '../terminal/output.ts'
import { type Environment, type EnvironmentArguments, readEnvironment } from './environment.ts'
import { showUnits } from './unit-progress.ts'

export type EvaluateArguments = EnvironmentArguments & {
  readonly env?: string | undefined
  readonly against?: readonly string[] | undefined
  readonly episodes?: number | undefined
  readonly length?: number | undefined
  readonly seed?: number | undefined
  readonly workers?: number | undefined
  /** Parameters of an agent that is given by name. */
  readonly set?: Readonly<Record<string, unknown>> | undefined
}

export async function evaluate(subject: string, options: EvaluateArguments, output: Output): Promise<Report> {
  registerOptimal()
  const { agent, environment } = readSubject(subject, options)
  const id = options.env ?? environment?.id
  if (id === undefined) {
    const hint = 'Add --env with an id from `asyncflow envs`.'
    throw new ConfigError([
      { what: `nothing says on which environment "${subject}" is to be measured`, path: '', hint },
    ])
  }
  // The options of the training belong to its environment.
  const defaults = id === environment?.id ? environment.kwargs : {}
  const { kwargs } = readEnvironment(id, options, output, defaults)
  const others = (options.against ?? []).map((name) => ({ name }))
  for (const { name } of others) createAgent(name)
  const units = showUnits(output)
  try {
    const { episodes, length: episodeLength, seed: firstEpisode, workers } = options
    return await interruptible((signal) =>
      evaluateAgents({
        ...{
          environment: id,
          kwargs,
          agents: [agent, ...others],
          episodes,
          episodeLength,
          firstEpisode,
          workers,
        },
        ...{ signal, onEvent: units.follow(signal) },
      }),
    )
  } finally {
    units.stop()
  }
}

/** A folder that `train` wrote, or the name of an agent. */
function readSubject(
  subject: string,
  { set: params = {} }: EvaluateArguments,
): { readonly agent: EvaluatedAgent; readonly environment?: Environment } {
  if (existsSync(join(subject, 'manifest.json'))) {
    const { checkpoint, manifest } = readTrainedAgent(subject)
    return { agent: { checkpoint }, environment: manifest.unit.environment }
  }
  if (/[\\/]/.test(subject)) {
    const hint = 'Name a folder that `asyncflow train` wrote, or an agent.'
    throw new ConfigError([{ what: 'no trained agent in this folder', path: '', file: subject, hint }])
  }
  createAgent(subject, params)
  return { agent: { name: subject, params } }
}
