import { decodeCheckpoint } from '../agents/checkpoint.ts'
import type { InformationClass } from '../src/policies/types.ts'
import { defaultCost } from './default-cost.ts'
import type { Report } from './report/types.ts'
import { type RunOptions, runSuite } from './run-suite.ts'
import type { CostKind, Kwargs } from './types.ts'

export type EvaluatedAgent = {
  /** What `createAgent` knows. @default the one that the checkpoint names */
  readonly name?: string | undefined
  /** @default those that the checkpoint holds */
  readonly params?: Kwargs | undefined
  /** In the table; unique. @default the name */
  readonly label?: string | undefined
  /** Of a trained agent: it is measured by argmax and sampled, and not trained. */
  readonly checkpoint?: Uint8Array | undefined
  readonly information?: InformationClass | undefined
}

export type EvaluateAgentsOptions = RunOptions & {
  /** Id of the environment and its options. */
  readonly environment: string
  readonly kwargs?: Kwargs | undefined
  readonly agents: readonly EvaluatedAgent[]
  /** Episodes of each agent, on the same evaluation seeds. @default 10 */
  readonly episodes?: number | undefined
  /** Number of the first evaluation seed. @default 0 */
  readonly firstEpisode?: number | undefined
  /** Decisions of an episode. @default to its end */
  readonly episodeLength?: number | undefined
  /** Simulated seconds at the start of an episode that do not count. @default 0 */
  readonly settle?: number | undefined
  /** @default time where actions change how often decisions come (SlowServer-v0, Replicas-v0), else auto */
  readonly cost?: CostKind | undefined
  /** Label of the agent that the others are also compared with. @default the first heuristic */
  readonly baseline?: string | undefined
}

/** Measures agents, trained or not, on one environment under common seeds: a report with one task. */
export async function evaluateAgents(options: EvaluateAgentsOptions): Promise<Report> {
  const agents = options.agents.map((agent) => {
    const complete = agent.name !== undefined && agent.params !== undefined
    const held = agent.checkpoint === undefined || complete ? undefined : decodeCheckpoint(agent.checkpoint)
    const name = agent.name ?? held?.agent ?? ''
    const params = agent.params ?? (held?.params as Kwargs | undefined) ?? {}
    return {
      name,
      params,
      label: agent.label ?? name,
      information: agent.information,
      checkpoint: agent.checkpoint,
    }
  })
  const baseline = options.baseline ?? agents.find((agent) => agent.checkpoint === undefined)?.label
  const trained = new Map<string, Uint8Array>()
  for (const { label, checkpoint } of agents) if (checkpoint !== undefined) trained.set(label, checkpoint)
  return runSuite({
    ...options,
    trained,
    suite: {
      name: 'evaluation',
      description: `Agents on ${options.environment}.`,
      trainingSeeds: [],
      tasks: [
        {
          name: options.environment,
          environment: options.environment,
          kwargs: options.kwargs,
          cost: options.cost ?? defaultCost(options.environment),
          ...(baseline !== undefined && { baseline }),
          agents: agents.map(({ checkpoint: _, ...agent }) => agent),
          evaluation: {
            episodes: options.episodes ?? 10,
            firstEpisode: options.firstEpisode,
            episodeLength: options.episodeLength,
            settle: options.settle,
          },
        },
      ],
    },
  })
}
