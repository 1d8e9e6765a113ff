import type { Env, Info, ResetOptions, ResetResult, StepResult } from '../env.ts'
import { copyData } from '../plain-data.ts'
import { Wrapper } from './wrapper.ts'

/** One episode of T steps as copies, laid out as Minari's: T + 1 observations and infos, T of the rest. */
export type Trajectory<Obs = unknown, Act = unknown> = {
  /** Of the reset that began it; undefined when that had none. */
  readonly seed: number | undefined
  readonly observations: Obs[]
  /** The enumerable part alone, so without `info.view`. */
  readonly infos: Info[]
  readonly actions: Act[]
  readonly rewards: number[]
  /** All false in an episode that was left unfinished, by a reset or by `close`. */
  readonly terminations: boolean[]
  readonly truncations: boolean[]
}

/** Hands every episode of at least one step to `onEpisode`: finished, reset in its middle or closed. */
export class RecordTrajectory<Obs = unknown, Act = unknown> extends Wrapper<Obs, Act> {
  private readonly onEpisode: (trajectory: Trajectory<Obs, Act>) => void
  private current: Trajectory<Obs, Act> | undefined

  constructor(env: Env<Obs, Act>, onEpisode: (trajectory: Trajectory<Obs, Act>) => void) {
    super(env)
    this.onEpisode = onEpisode
  }

  override reset(options?: ResetOptions): ResetResult<Obs> {
    this.flush()
    const result = this.env.reset(options)
    this.current = {
      seed: options?.seed,
      observations: [copyData(result.observation) as Obs],
      infos: [copyData(result.info) as Info],
      actions: [],
      rewards: [],
      terminations: [],
      truncations: [],
    }
    return result
  }

  override step(action: Act): StepResult<Obs> {
    const taken = copyData(action) as Act
    const result = this.env.step(action)
    const episode = this.current
    if (episode === undefined) return result
    episode.observations.push(copyData(result.observation) as Obs)
    episode.infos.push(copyData(result.info) as Info)
    episode.actions.push(taken)
    episode.rewards.push(result.reward)
    episode.terminations.push(result.terminated)
    episode.truncations.push(result.truncated)
    if (result.terminated || result.truncated) this.flush()
    return result
  }

  override close(): void {
    this.flush()
    this.env.close()
  }

  private flush(): void {
    const episode = this.current
    this.current = undefined
    if (episode !== undefined && episode.actions.length > 0) this.onEpisode(episode)
  }

  protected override get snapshotName(): string {
    return 'RecordTrajectory'
  }

  /** The episode as recorded so far: its size grows with the steps. */
  protected override saveState(): Trajectory<Obs, Act> | undefined {
    return this.current
  }

  protected override loadState(state: Trajectory<Obs, Act> | undefined): void {
    this.current = state
  }
}
