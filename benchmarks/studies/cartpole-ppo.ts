/**
 * PPO on CartPole-v1 with the settings of rl-baselines3-zoo and its budget of 100 000 steps. The score of a seed is the
 * best mean return over 50 deterministic episodes among periodic evaluations; 475 solves the task.
 * Run it with `node benchmarks/studies/cartpole-ppo.mjs`; the output is committed beside it.
 */
import { type Agent, createAgent } from '../../agents/index.ts'
import type { Env } from '../../src/gym/env.ts'

export const ZOO_SETTINGS = {
  nEnvs: 8,
  nSteps: 32,
  batchSize: 256,
  nEpochs: 20,
  gamma: 0.98,
  gaeLambda: 0.8,
  learningRate: 1e-3,
  learningRateSchedule: 'linear',
  clipRange: 0.2,
  clipRangeSchedule: 'linear',
} as const

export type CartPoleStudy = {
  readonly settings: Readonly<Record<string, unknown>>
  readonly steps: number
  readonly evaluationEvery: number
  readonly episodes: number
  readonly threshold: number
  readonly solved: number
  readonly seeds: readonly SeedResult[]
}

export type SeedResult = {
  readonly seed: number
  readonly best: number
  /** Mean return of the weights at the end. */
  readonly final: number
  /** Steps at the first evaluation that reached the threshold; null if none did. */
  readonly stepsToThreshold: number | null
  readonly evaluations: readonly { readonly steps: number; readonly mean: number; readonly min: number }[]
}

export type StudyOptions = {
  readonly seeds?: readonly number[]
  readonly steps?: number
  readonly evaluationEvery?: number
  readonly episodes?: number
  readonly onSeed?: (result: SeedResult) => void
}

const THRESHOLD = 475
/** Evaluation seeds lie above every training seed. */
const EVALUATION_SEED = 2147483648

/** `makeEnv` gives a CartPole-v1; the same seeds give the same result on every machine. */
export function cartPoleStudy(makeEnv: () => Env, options: StudyOptions = {}): CartPoleStudy {
  const { seeds = [0, 1, 2, 3, 4], steps = 100_000, evaluationEvery = 10_000, episodes = 50 } = options
  const results = seeds.map((seed): SeedResult => {
    const agent = createAgent('ppo', ZOO_SETTINGS)
    const evaluations: { steps: number; mean: number; min: number }[] = []
    const evaluate = (at: number): void => {
      const returns = Array.from({ length: episodes }, (_, i) =>
        episodeReturn(agent, makeEnv(), EVALUATION_SEED + i),
      )
      evaluations.push({
        steps: at,
        mean: returns.reduce((sum, value) => sum + value, 0) / episodes,
        min: Math.min(...returns),
      })
    }
    agent.train!(makeEnv, { steps, seed, evaluate: { every: evaluationEvery, run: (_, at) => evaluate(at) } })
    const result = {
      seed,
      best: Math.max(...evaluations.map(({ mean }) => mean)),
      final: evaluations.at(-1)!.mean,
      stepsToThreshold: evaluations.find(({ mean }) => mean >= THRESHOLD)?.steps ?? null,
      evaluations,
    }
    options.onSeed?.(result)
    return result
  })
  const solved = results.filter(({ best }) => best >= THRESHOLD).length
  return {
    settings: ZOO_SETTINGS,
    steps,
    evaluationEvery,
    episodes,
    threshold: THRESHOLD,
    solved,
    seeds: results,
  }
}

function episodeReturn(agent: Agent, env: Env, seed: number): number {
  let { observation, info } = env.reset({ seed })
  agent.reset?.(seed)
  let sum = 0
  for (;;) {
    const step = env.step(agent.act(observation, info))
    sum += step.reward
    if (step.terminated || step.truncated) return sum
    ;({ observation, info } = step)
  }
}
