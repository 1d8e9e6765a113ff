/**
 * The parallel environments of a learner, in this process. Each episode is reset with a seed of its own, made of the
 * training seed, the environment's index and the episode's number; so an interrupted training resumes exactly by
 * replaying the actions of the unfinished episodes, whatever the environment is.
 */
import { SimError } from '../src/errors.ts'
import type { Env, Info } from '../src/gym/env.ts'
import { Stream } from '../src/random/stream.ts'
import { type AgentSpaces, readMask, readObservation, readSpaces } from './observations.ts'

/** Training seeds are below 2^31; evaluation takes its own from there on. */
const SEED_LIMIT = 2147483648

export type TrainingEnvsState = {
  /** Per environment: number of the current episode, from 0, and the actions taken in it. */
  readonly episodes: readonly number[]
  readonly actions: readonly Int32Array[]
  /** The current observations, which the replay must meet again. */
  readonly observations: Float32Array
}

export class TrainingEnvs {
  readonly count: number
  readonly spaces: AgentSpaces
  /** The current observations and masks, one row per environment. */
  readonly observations: Float32Array
  readonly masks: Uint8Array
  /** Of the last `step`. */
  reward = 0
  terminated = false
  truncated = false
  info: Info = {}
  /** The observation that ended the episode, where the last `step` ended one. */
  readonly finalObservation: Float32Array
  /** Undiscounted returns and lengths of the episodes that ended since the last `clearEpisodes`. */
  readonly episodeReturns: number[] = []
  readonly episodeLengths: number[] = []
  private readonly envs: readonly Env[]
  private readonly seed: number
  private readonly episodes: number[]
  private readonly actions: number[][]
  private readonly returns: Float64Array

  /** Throws ConfigError when the agent `name` cannot use the environments' spaces. */
  constructor(makeEnv: (index: number) => Env, count: number, seed: number, name: string) {
    this.count = count
    this.seed = seed
    this.envs = Array.from({ length: count }, (_, i) => makeEnv(i))
    this.spaces = readSpaces(this.envs[0]!, name)
    this.observations = new Float32Array(count * this.spaces.observationSize)
    this.finalObservation = new Float32Array(this.spaces.observationSize)
    this.masks = new Uint8Array(count * this.spaces.actionCount)
    this.episodes = new Array(count).fill(-1)
    this.actions = this.envs.map(() => [])
    this.returns = new Float64Array(count)
  }

  start(): void {
    for (let i = 0; i < this.count; i++) this.nextEpisode(i)
  }

  /** Takes an action (numbered from 0) in environment i; an episode that ends is followed by the next one at once. */
  step(i: number, action: number): void {
    const { observationSize, actionCount, actionStart } = this.spaces
    const { observation, reward, terminated, truncated, info } = this.envs[i]!.step(action + actionStart)
    this.actions[i]!.push(action)
    this.returns[i]! += reward
    this.reward = reward
    this.terminated = terminated
    this.truncated = truncated
    this.info = info
    if (terminated || truncated) {
      readObservation(observation, observationSize, this.finalObservation, 0)
      this.episodeReturns.push(this.returns[i]!)
      this.episodeLengths.push(this.actions[i]!.length)
      this.nextEpisode(i)
    } else {
      readObservation(observation, observationSize, this.observations, i * observationSize)
      readMask(info, actionCount, this.masks, i * actionCount)
    }
  }

  clearEpisodes(): void {
    this.episodeReturns.length = 0
    this.episodeLengths.length = 0
  }

  close(): void {
    for (const env of this.envs) env.close()
  }

  save(): TrainingEnvsState {
    return {
      episodes: [...this.episodes],
      actions: this.actions.map((actions) => Int32Array.from(actions)),
      observations: this.observations.slice(),
    }
  }

  /** Throws SimError when the replay meets another observation: the environment is not the one that was saved. */
  load(state: TrainingEnvsState): void {
    if (state.episodes.length !== this.count) {
      throw new SimError(
        'resume',
        `the checkpoint has ${state.episodes.length} environments, not ${this.count}. Resume with its configuration.`,
      )
    }
    for (let i = 0; i < this.count; i++) {
      this.episodes[i] = state.episodes[i]! - 1
      this.nextEpisode(i)
      for (const action of state.actions[i]!) this.step(i, action)
    }
    this.clearEpisodes()
    if (this.observations.some((value, k) => !Object.is(value, state.observations[k]))) {
      throw new SimError(
        'resume',
        'the environments do not come back to where the checkpoint left them. Resume with the same environment and options, or train with another seed to start anew from the weights.',
      )
    }
  }

  private nextEpisode(i: number): void {
    const { observationSize, actionCount } = this.spaces
    const episode = (this.episodes[i] = this.episodes[i]! + 1)
    const seed = Stream.derive(this.seed, `training/${i}/${episode}`).int(SEED_LIMIT)
    const { observation, info } = this.envs[i]!.reset({ seed })
    readObservation(observation, observationSize, this.observations, i * observationSize)
    readMask(info, actionCount, this.masks, i * actionCount)
    this.actions[i] = []
    this.returns[i] = 0
  }
}
