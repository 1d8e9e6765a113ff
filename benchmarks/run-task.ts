/** One task of a suite: every agent is tuned or trained, then all are measured on the same episodes. */
import { pairedInterval } from '../src/analysis/paired-interval.ts'
import { balancingPolicies, scalingPolicies } from '../src/policies/index.ts'
import { weightingPolicies } from '../src/policies/weighting/index.ts'
import { labelOf } from './check-suite.ts'
import { environmentSpec } from './environment-spec.ts'
import { buildTask } from './report/build-task.ts'
import type { MeasuredRow } from './report/measured-row.ts'
import type { ReportTask } from './report/types.ts'
import type { UnitRunner } from './runner/unit-runner.ts'
import { seedsOf } from './seeds.ts'
import { tune } from './tuning.ts'
import type { EvaluationPlan, Kwargs, SuiteAgent, SuiteTask } from './types.ts'
import { isAbortError } from './units/abort-error.ts'
import { resolveCost } from './units/cost.ts'
import type { EnvironmentSpec, EpisodePlan, EvaluateResult, TrainResult } from './units/types.ts'

/** An agent of the task, ready to be measured; `checkpoints` has one for each training, or is [undefined]. */
type Contender = Omit<MeasuredRow, 'evaluations'> & {
  readonly environment: EnvironmentSpec
  readonly checkpoints: readonly (Uint8Array | undefined)[]
}

/** A checkpoint that a contender brings instead of being trained. */
export type Trained = ReadonlyMap<string, Uint8Array>

export async function runTask(
  task: SuiteTask,
  trainingSeeds: readonly number[],
  runner: UnitRunner,
  trained: Trained = new Map(),
): Promise<ReportTask> {
  // Learners first: they take longest, so that they should not be last in the queue.
  const order = [...task.agents].sort((a, b) => Number(isLearner(b, trained)) - Number(isLearner(a, trained)))
  const found = await all(order.map((agent) => prepare(agent, task, trainingSeeds, runner, trained)))
  const prepared = found.flat()
  const contenders = task.agents.flatMap((agent) => prepared.filter((one) => one.of === agent))

  const { evaluation } = task
  const limit = evaluation.maxEpisodes ?? evaluation.episodes
  let episodes = evaluation.episodes
  let rows = await measure(contenders, task, 0, episodes, runner)
  let report = build(task, rows, episodes)
  while (episodes < limit && needsMore(report)) {
    const more = Math.min(episodes, limit - episodes)
    const added = await measure(contenders, task, episodes, more, runner)
    rows = rows.map((row, i) => joinRows(row, added[i]!))
    episodes += more
    report = build(task, rows, episodes)
  }
  return report
}

function isLearner(agent: SuiteAgent, trained: Trained): boolean {
  return agent.steps !== undefined || trained.has(labelOf(agent))
}

async function prepare(
  agent: SuiteAgent,
  task: SuiteTask,
  trainingSeeds: readonly number[],
  runner: UnitRunner,
  trained: Trained,
): Promise<(Contender & { readonly of: SuiteAgent })[]> {
  const label = labelOf(agent)
  const environment = environmentOf(task, agent, task.evaluationKwargs)
  const information =
    agent.information ??
    balancingPolicies.get(agent.name)?.information ??
    scalingPolicies.get(agent.name)?.information ??
    weightingPolicies.get(agent.name)?.information ??
    // A full view tells true speeds and what is to come.
    (environment.kwargs.view === 'full' ? 'oracle' : 'own')
  const base = { of: agent, information, environment, tuning: null, training: [], error: null }
  const bothModes = (
    rest: Pick<Contender, 'agent' | 'training' | 'checkpoints'>,
  ): (Contender & { of: SuiteAgent })[] => [
    { ...base, ...rest, label: `${label} (argmax)`, mode: 'argmax' },
    { ...base, ...rest, label: `${label} (sampled)`, mode: 'sampled' },
  ]
  const params = agent.params ?? {}
  try {
    const checkpoint = trained.get(label)
    if (checkpoint !== undefined) {
      return bothModes({ agent: { name: agent.name, params }, training: [], checkpoints: [checkpoint] })
    }
    if (agent.steps !== undefined) {
      const learner = {
        name: agent.name,
        params: { ...(task.discount !== undefined && { gamma: task.discount }), ...params },
      }
      const training = await trainAll(learner, agent, task, trainingSeeds, runner)
      return bothModes({
        agent: learner,
        training,
        checkpoints: training.map(({ result }) => result.checkpoint),
      })
    }
    const tuning =
      agent.tuning === undefined
        ? null
        : await tune(
            {
              environment,
              agent: { name: agent.name, params },
              tuning: agent.tuning,
              cost: task.cost ?? 'decision',
              label: `${task.name} / ${label}`,
              episodeLength: task.tuningEpisodeLength ?? task.evaluation.episodeLength ?? null,
              settle: task.evaluation.settle ?? 0,
            },
            runner,
          )
    const chosen = { name: agent.name, params: { ...params, ...tuning?.params } }
    return [{ ...base, label, mode: null, agent: chosen, tuning, checkpoints: [undefined] }]
  } catch (error) {
    if (isAbortError(error)) throw error
    const mode = agent.steps === undefined ? null : 'argmax'
    return [
      { ...base, label, mode, agent: { name: agent.name, params }, checkpoints: [], error: messageOf(error) },
    ]
  }
}

function trainAll(
  learner: Contender['agent'],
  agent: SuiteAgent,
  task: SuiteTask,
  trainingSeeds: readonly number[],
  runner: UnitRunner,
): Promise<{ seed: number; result: TrainResult }[]> {
  const { validation } = task
  return all(
    trainingSeeds.map(async (seed) => {
      const result = await runner.train(
        {
          kind: 'train',
          environment: environmentOf(task, agent, task.trainingKwargs),
          agent: learner,
          steps: agent.steps!,
          seed,
          from: null,
          validation:
            validation === undefined
              ? null
              : {
                  ...episodePlan(
                    validation,
                    seedsOf('validation', validation.episodes, validation.firstEpisode),
                  ),
                  environment: environmentOf(task, agent, task.validationKwargs),
                  every: validation.every,
                  cost: task.cost ?? 'decision',
                },
        },
        `${task.name} / ${labelOf(agent)} / training seed ${seed}`,
      )
      return { seed, result }
    }),
  )
}

function measure(
  contenders: readonly Contender[],
  task: SuiteTask,
  first: number,
  episodes: number,
  runner: UnitRunner,
): Promise<MeasuredRow[]> {
  const plan = episodePlan(task.evaluation, seedsOf('evaluation', episodes, firstOf(task) + first))
  return all(
    contenders.map(async (contender): Promise<MeasuredRow> => {
      if (contender.error !== null) return { ...contender, evaluations: [] }
      try {
        const evaluations = await all(
          contender.checkpoints.map((checkpoint, i) =>
            runner.evaluate(
              {
                purpose: 'evaluation',
                environment: contender.environment,
                agent: contender.agent,
                deterministic: contender.mode !== 'sampled',
                ...plan,
              },
              `${task.name} / ${contender.label}${contender.checkpoints.length > 1 ? ` / training ${i + 1}` : ''}`,
              checkpoint,
            ),
          ),
        )
        return { ...contender, evaluations }
      } catch (error) {
        if (isAbortError(error)) throw error
        return { ...contender, evaluations: [], error: messageOf(error) }
      }
    }),
  )
}

function firstOf({ evaluation }: SuiteTask): number {
  return evaluation.firstEpisode ?? 0
}

function joinRows(row: MeasuredRow, added: MeasuredRow): MeasuredRow {
  if (row.error !== null || added.error !== null) {
    return { ...row, evaluations: [], error: row.error ?? added.error }
  }
  const join = (one: EvaluateResult, more: EvaluateResult): EvaluateResult => ({
    ...one,
    episodes: [...one.episodes, ...more.episodes],
  })
  return { ...row, evaluations: row.evaluations.map((one, i) => join(one, added.evaluations[i]!)) }
}

function build(task: SuiteTask, rows: readonly MeasuredRow[], episodes: number): ReportTask {
  const records = rows.flatMap((row) => row.evaluations.flatMap((evaluation) => evaluation.episodes))
  return buildTask(
    {
      name: task.name,
      environment: task.environment,
      kwargs: { ...task.kwargs, ...task.evaluationKwargs },
      cost: resolveCost(task.cost ?? 'decision', records),
      seeds: seedsOf('evaluation', episodes, firstOf(task)),
      episodeLength: task.evaluation.episodeLength ?? null,
      settle: task.evaluation.settle ?? 0,
      baseline: task.baseline ?? null,
    },
    rows,
  )
}

/** Whether some learner's difference to the best heuristic is not yet three times its half-width, by episodes. */
function needsMore({ rows }: ReportTask): boolean {
  return rows.some((row) => {
    const best = rows.find((other) => other.label === row.toBest?.to)
    if (row.kind !== 'learner' || row.toBest === null || best === undefined) return false
    // More episodes narrow the spread between episodes alone, so the trainings are averaged here.
    const costs = best.costs[0]!.map(
      (_, j) => row.costs.reduce((sum, run) => sum + run[j]!, 0) / row.costs.length,
    )
    const { estimate, high } = pairedInterval(costs, best.costs[0]!)
    return 3 * (high - estimate) > Math.abs(estimate)
  })
}

function environmentOf(task: SuiteTask, agent: SuiteAgent, more: Kwargs | undefined): EnvironmentSpec {
  return environmentSpec(task.environment, { ...task.kwargs, ...more, ...agent.kwargs })
}

function episodePlan(plan: EvaluationPlan, seeds: readonly number[]): EpisodePlan {
  return { seeds, episodeLength: plan.episodeLength ?? null, settle: plan.settle ?? 0 }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** As Promise.all, but it waits for all before it rejects: nothing goes on behind the caller's back. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises)
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
