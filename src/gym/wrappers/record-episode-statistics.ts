import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts'
import { Wrapper } from './wrapper.ts'

/** `r`: the undiscounted return; `l`: the number of steps. */
export type EpisodeStatistics = { readonly r: number; readonly l: number }

/**
 * Adds `info.episode` to the last step of an episode and keeps the last episodes. Gymnasium's `t`, seconds
 * of wall clock, is left out: it would make two runs of one seed differ.
 */
export class RecordEpisodeStatistics<Obs = unknown, Act = unknown> extends Wrapper<Obs, Act> {
  /** The last episodes, oldest first. */
  readonly episodes: EpisodeStatistics[] = []
  private readonly bufferLength: number
  private finished = 0
  private return = 0
  private length = 0

  /** `bufferLength`: how many episodes to keep. */
  constructor(env: Env<Obs, Act>, bufferLength = 100) {
    super(env)
    this.bufferLength = bufferLength
  }

  /** Episodes finished so far, kept or not. */
  get episodeCount(): number {
    return this.finished
  }

  override reset(options?: ResetOptions): ResetResult<Obs> {
    this.return = 0
    this.length = 0
    return this.env.reset(options)
  }

  override step(action: Act): StepResult<Obs> {
    const result = this.env.step(action)
    this.return += result.reward
    this.length++
    if (result.terminated || result.truncated) {
      const episode: EpisodeStatistics = { r: this.return, l: this.length }
      result.info.episode = episode
      this.finished++
      this.episodes.push(episode)
      if (this.episodes.length > this.bufferLength) this.episodes.shift()
    }
    return result
  }

  protected override get snapshotName(): string {
    return 'RecordEpisodeStatistics'
  }

  protected override saveState(): StatisticsState {
    const { episodes } = this
    const numbers = new Float64Array(3 + 2 * episodes.length)
    numbers.set([this.return, this.length, this.finished])
    for (let i = 0; i < episodes.length; i++) {
      numbers[3 + 2 * i] = episodes[i]!.r
      numbers[4 + 2 * i] = episodes[i]!.l
    }
    return numbers
  }

  protected override loadState(numbers: StatisticsState): void {
    this.return = numbers[0]!
    this.length = numbers[1]!
    this.finished = numbers[2]!
    this.episodes.length = 0
    for (let i = 3; i < numbers.length; i += 2) this.episodes.push({ r: numbers[i]!, l: numbers[i + 1]! })
  }
}

/** Return and length of the episode under way, number of finished ones, then return and length of each that is kept. */
type StatisticsState = Float64Array
