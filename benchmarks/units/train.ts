import type { Agent } from '../../agents/agent.ts'
import { mean } from '../../src/analysis/mean.ts'
import { ConfigError } from '../../src/errors.ts'
import type { Env } from '../../src/gym/env.ts'
import type { Kit } from '../kit.ts'
import { checkSeeds } from '../seeds.ts'
import { isAbortError } from './abort-error.ts'
import { costOf } from './cost.ts'
import { runEpisode } from './run-episode.ts'
import { TrainingEnv } from './training-env.ts'
import type { CurvePoint, TrainResult, TrainUnit, UnitHooks, ValidationUnit } from './types.ts'

/**
 * Trains an agent and keeps the checkpoint of the best validation. A run that is stopped gives what it has,
 * marked `interrupted`.
 */
export async function train(
  unit: TrainUnit,
  from: Uint8Array | undefined,
  kit: Kit,
  hooks: UnitHooks = {},
): Promise<TrainResult> {
  checkSeeds('training', [unit.seed])
  const { environment, steps: total } = unit
  const makeEnv = (): Env => kit.make(environment.id, { ...environment.kwargs })
  // Tells the spaces; and validation plays in it, so that it has the options of that where there is one.
  const asked = unit.validation?.environment ?? environment
  const outside = kit.make(asked.id, { ...asked.kwargs })
  const { actionSpace } = outside
  const agent: Agent = await kit.createAgent(unit.agent.name, unit.agent.params, { actionSpace })
  if (agent.train === undefined) {
    const hint = 'Give no steps to a heuristic.'
    throw new ConfigError([{ what: `agent "${unit.agent.name}" does not learn`, path: 'steps', hint }])
  }
  if (from !== undefined) agent.load(from)
  let validation: Validation | null = null
  if (unit.validation !== null) {
    const copy = await kit.createAgent(unit.agent.name, unit.agent.params, { actionSpace })
    validation = new Validation(unit.validation, copy, outside)
  }

  // The agent runs to its end without a pause, so that a stop can only be noticed from within: at its steps.
  const controller = new AbortController()
  let decisions = 0
  let steps = 0
  let looked = 0
  const look = (trained: Agent): void => {
    validation?.look(trained, steps)
    looked = decisions
  }
  const onStep = (): void => {
    if (++decisions % 256 === 0 && hooks.aborted?.()) controller.abort()
  }
  const started = performance.now()
  try {
    agent.train(() => new TrainingEnv(makeEnv(), onStep), {
      steps: total,
      seed: unit.seed,
      signal: controller.signal,
      onProgress: (progress) => {
        steps = progress.steps
        hooks.onProgress?.({ done: Math.min(steps, total), total, metrics: progress.metrics })
      },
      ...(validation !== null && {
        evaluate: {
          every: validation.every,
          run: (trained: Agent, done: number): void => {
            steps = done
            if (!controller.signal.aborted) look(trained)
          },
        },
      }),
    })
  } catch (error) {
    if (!isAbortError(error) && !controller.signal.aborted) throw error
  }
  const interrupted = controller.signal.aborted
  // An agent may train in larger pieces than it was asked to: the end is looked at once, wherever it is.
  if (steps === 0) steps = decisions
  if (!interrupted && looked !== decisions) look(agent)
  outside.close()
  const best = validation?.best ?? null
  return {
    kind: 'train',
    checkpoint: best?.checkpoint ?? agent.save(),
    selectedAt: best?.steps ?? steps,
    curve: validation?.curve ?? [],
    parameterCount: agent.parameterCount ?? null,
    decisions: { training: decisions, validation: validation?.decisions ?? 0 },
    interrupted,
    timing: { trainSeconds: (performance.now() - started) / 1000 },
  }
}

/** Looks at a copy of the agent, so that looking changes nothing in the training. */
class Validation {
  readonly every: number
  readonly curve: CurvePoint[] = []
  best: { readonly checkpoint: Uint8Array; readonly steps: number; readonly cost: number } | null = null
  decisions = 0
  private readonly plan: ValidationUnit
  private readonly copy: Agent
  private readonly env: Env

  constructor(plan: ValidationUnit, copy: Agent, env: Env) {
    checkSeeds('validation', plan.seeds)
    this.plan = plan
    this.every = plan.every
    this.copy = copy
    this.env = env
  }

  look(agent: Agent, steps: number): void {
    const checkpoint = agent.save()
    this.copy.load(checkpoint)
    const { plan } = this
    // Under `auto` the return decides: whether an episode ends by itself depends on how good the agent is.
    const kind = plan.cost === 'auto' ? 'episode' : plan.cost
    const costs = plan.seeds.map((seed) => {
      const episode = runEpisode(this.env, this.copy, seed, { ...plan, deterministic: true })
      this.decisions += episode.decisions
      return costOf(episode, kind)
    })
    const cost = mean(costs)
    this.curve.push({ steps, cost })
    // At a tie the later one: it has learned longer.
    if (this.best === null || cost <= this.best.cost) this.best = { checkpoint, steps, cost }
  }
}
