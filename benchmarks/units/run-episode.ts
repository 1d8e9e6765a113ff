/** One episode of one agent under one seed, and what it cost. */
import type { Agent } from '../../agents/agent.ts'
import { SimError } from '../../src/errors.ts'
import type { Env, Info } from '../../src/gym/env.ts'
import type { EpisodePlan, EpisodeRecord } from './types.ts'

export type EpisodeOptions = Pick<EpisodePlan, 'episodeLength' | 'settle'> & {
  readonly deterministic: boolean
  /** Called every 256 decisions with their number so far; may throw to stop. */
  readonly tick?: ((decisions: number) => void) | undefined
  /** Collects the seconds of single decisions. */
  readonly timer?: DecisionTimer | undefined
}

/** Times every decision from the `skip`-th on until it has `samples` of them: enough for a median, cheap otherwise. */
export class DecisionTimer {
  readonly seconds: number[] = []
  private seen = 0
  private readonly skip: number
  private readonly samples: number

  constructor(skip = 200, samples = 2000) {
    this.skip = skip
    this.samples = samples
  }

  get wants(): boolean {
    return this.seen++ >= this.skip && this.seconds.length < this.samples
  }
}

export function runEpisode(env: Env, agent: Agent, seed: number, options: EpisodeOptions): EpisodeRecord {
  const { deterministic, settle, tick, timer } = options
  const limit = options.episodeLength ?? Number.POSITIVE_INFINITY
  agent.reset?.(seed)
  let { observation, info } = env.reset({ seed })
  const start = timeOf(info)
  if (settle > 0 && start === null) {
    throw new SimError('no-time', 'settle needs an environment that tells info.time. Set settle to 0.')
  }
  const rewards: number[] = []
  let counted: number | null = start
  let terminated = false
  let truncated = false
  let steps = 0
  while (!terminated && !truncated && steps < limit) {
    const settled = settle === 0 || timeOf(info)! - start! >= settle
    const action = timer?.wants
      ? timed(timer, () => agent.act(observation, info, deterministic))
      : agent.act(observation, info, deterministic)
    if (!settled) counted = null
    else counted ??= timeOf(info)
    const step = env.step(action)
    if (!Number.isFinite(step.reward)) {
      throw new SimError(
        'reward',
        `the reward of decision ${steps} is ${step.reward} under seed ${seed}. An environment must give finite rewards.`,
      )
    }
    if (settled) rewards.push(step.reward)
    ;({ observation, info, terminated, truncated } = step)
    steps++
    if (tick !== undefined && steps % 256 === 0) tick(steps)
  }
  if (rewards.length === 0) {
    throw new SimError(
      'too-short',
      `no decision counts in ${steps} under seed ${seed}. Give longer episodes or less settling.`,
    )
  }
  const end = timeOf(info)
  return {
    seed,
    decisions: rewards.length,
    elapsed: counted === null || end === null ? null : end - counted,
    return: rewards.reduce((sum, reward) => sum + reward, 0),
    terminated,
    quarters: quarterCosts(rewards),
  }
}

function timed<T>(timer: DecisionTimer, act: () => T): T {
  const before = performance.now()
  const action = act()
  timer.seconds.push((performance.now() - before) / 1000)
  return action
}

function timeOf(info: Info): number | null {
  return typeof info.time === 'number' ? info.time : null
}

/** Empty where there are fewer than four decisions. */
function quarterCosts(rewards: readonly number[]): number[] {
  const size = Math.floor(rewards.length / 4)
  if (size === 0) return []
  return [0, 1, 2, 3].map((quarter) => {
    let sum = 0
    for (let i = quarter * size; i < (quarter + 1) * size; i++) sum += rewards[i]!
    return -sum / size
  })
}
