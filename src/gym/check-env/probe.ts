/** What the checks look at: the environment, and what it answered to a fixed series of calls, made once. */
import { Stream } from '../../random/stream.ts'
import type { Env, Info } from '../env.ts'
import { copyData } from '../plain-data.ts'
import type { Space, SpaceMask } from '../spaces/space.ts'
import type { CheckOptions, Suspect } from './types.ts'

/** The answer to one call, copied; or what it threw. */
export type Answer = { readonly call: string; readonly value?: unknown; readonly error?: unknown }

/** One answer to `reset` and then one per step, up to the end of the episode. */
export type Rollout = readonly Answer[]

export class Probe {
  readonly suspect: Suspect
  readonly options: CheckOptions
  readonly seed: number
  readonly otherSeed: number
  private readonly memory = new Map<string, unknown>()

  constructor(env: unknown, options: CheckOptions) {
    this.suspect = (typeof env === 'object' && env !== null ? env : {}) as Suspect
    this.options = options
    // Gymnasium's two seeds.
    this.seed = options.seed ?? 123
    this.otherSeed = this.seed === 456 ? 123 : 456
  }

  /** Only where the checks of its shape passed. */
  get env(): Env {
    return this.suspect as unknown as Env
  }

  get observationSpace(): Space {
    return this.env.observationSpace
  }

  get actionSpace(): Space {
    return this.env.actionSpace
  }

  /** reset(seed), reset(), reset(seed), reset(), reset(other seed). */
  get resets(): readonly Answer[] {
    return this.once('resets', () => [
      this.reset(`reset({ seed: ${this.seed} })`, { seed: this.seed }),
      this.reset('reset()'),
      this.reset(`the second reset({ seed: ${this.seed} })`, { seed: this.seed }),
      this.reset('the reset() after it'),
      this.reset(`reset({ seed: ${this.otherSeed} })`, { seed: this.otherSeed }),
    ])
  }

  get resetWithOptions(): Answer {
    return this.once('options', () => this.reset('reset({ options: {} })', { options: {} }))
  }

  /** Two of one seed with the same actions. */
  get rollouts(): readonly [Rollout, Rollout] {
    return this.once('rollouts', () => [this.rollout(this.seed), this.rollout(this.seed)])
  }

  /** The same actions after another seed. */
  get otherRollout(): Rollout {
    return this.once('other', () => this.rollout(this.otherSeed))
  }

  /** The answers to the steps of the first rollout. */
  get steps(): readonly Answer[] {
    return this.rollouts[0].slice(1)
  }

  private reset(call: string, options?: { seed?: number; options?: Record<string, unknown> }): Answer {
    return attempt(call, () => this.env.reset(options))
  }

  private rollout(seed: number): Rollout {
    const stream = Stream.derive(this.seed, 'check-env.actions')
    const answers = [this.reset(`reset({ seed: ${seed} })`, { seed })]
    for (let k = 1; k <= (this.options.steps ?? 10); k++) {
      const mask = this.options.actions === 'masked' ? maskOf(answers.at(-1)) : undefined
      const answer = attempt(`step ${k}`, () => this.env.step(this.actionSpace.sample({ stream, mask })))
      answers.push(answer)
      if (answer.error !== undefined || field(answer, 'terminated') || field(answer, 'truncated')) break
    }
    return answers
  }

  private once<T>(key: string, make: () => T): T {
    if (!this.memory.has(key)) this.memory.set(key, make())
    return this.memory.get(key) as T
  }
}

/** A field of the object that a call returned; undefined where there is none. */
export function field(answer: Answer | undefined, name: string): unknown {
  const value = answer?.value
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function attempt(call: string, run: () => unknown): Answer {
  try {
    return { call, value: copyData(run()) }
  } catch (error) {
    return { call, error: error ?? new Error('undefined was thrown') }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function maskOf(answer: Answer | undefined): SpaceMask | undefined {
  return (field(answer, 'info') as Info | undefined)?.actionMask as SpaceMask | undefined
}
