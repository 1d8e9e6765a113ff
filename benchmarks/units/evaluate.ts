import type { Agent } from '../../agents/agent.ts'
import { quantile } from '../../src/analysis/quantile.ts'
import type { Kit } from '../kit.ts'
import { checkSeeds } from '../seeds.ts'
import { abortError } from './abort-error.ts'
import { DecisionTimer, runEpisode } from './run-episode.ts'
import type { EvaluateResult, EvaluateUnit, UnitHooks } from './types.ts'

/** Measures an agent on the seeds of the unit, one episode each. */
export async function evaluate(
  unit: EvaluateUnit,
  checkpoint: Uint8Array | undefined,
  kit: Kit,
  hooks: UnitHooks = {},
): Promise<EvaluateResult> {
  checkSeeds(unit.purpose, unit.seeds)
  const env = kit.make(unit.environment.id, { ...unit.environment.kwargs })
  const timer = new DecisionTimer()
  try {
    const { actionSpace } = env
    const agent: Agent = await kit.createAgent(unit.agent.name, unit.agent.params, { actionSpace })
    if (checkpoint !== undefined) agent.load(checkpoint)
    const episodes = unit.seeds.map((seed, i) => {
      if (hooks.aborted?.()) throw abortError()
      const tick = (decisions: number): void => {
        if (hooks.aborted?.()) throw abortError()
        const within = unit.episodeLength === null ? 0 : Math.min(1, decisions / unit.episodeLength)
        hooks.onProgress?.({ done: i + within, total: unit.seeds.length })
      }
      return runEpisode(env, agent, seed, { ...unit, tick, timer })
    })
    hooks.onProgress?.({ done: unit.seeds.length, total: unit.seeds.length })
    return {
      kind: 'evaluate',
      episodes,
      parameterCount: agent.parameterCount ?? null,
      timing: { decisionSeconds: timer.seconds.length === 0 ? 0 : quantile(timer.seconds, 0.5) },
    }
  } finally {
    env.close()
  }
}
