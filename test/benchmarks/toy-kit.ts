/**
 * An environment and agents for testing the harness. The environment shows one bit c; the best action is the number
 * 2 + c, and a step costs 1 + noise + (distance to it) squared. With `backlog` the distance piles up instead.
 */
import type { Agent, TrainOptions } from '../../agents/agent.ts'
import { Box, type Env, type ResetOptions, type Space, type StepResult } from '../../src/gym/index.ts'
import { Stream } from '../../src/random/stream.ts'

class ToyEnv implements Env {
  readonly observationSpace = new Box(0, 1, { shape: [1] }) as unknown as Space<unknown>
  readonly actionSpace = new Box(0, 9, { shape: [1] }) as unknown as Space<unknown>
  readonly metadata = { renderModes: [] }
  readonly unwrapped = this
  private readonly kwargs: Record<string, unknown>
  private draws = Stream.derive(0, 'toy')
  private level = 0
  private bit = 0
  private steps = 0
  private pile = 0

  constructor(kwargs: Record<string, unknown>) {
    this.kwargs = kwargs
  }

  private observe(): Pick<StepResult<unknown>, 'observation' | 'info'> {
    this.bit = this.draws.int(2)
    return { observation: [this.bit], info: { time: 100 + this.steps / 2, elapsed: 0.5 } }
  }

  reset(options: ResetOptions = {}): Pick<StepResult<unknown>, 'observation' | 'info'> {
    if (options.seed !== undefined) this.draws = Stream.derive(options.seed, 'toy')
    this.level = this.draws.next()
    this.steps = 0
    this.pile = 0
    return this.observe()
  }

  step(action: unknown): StepResult<unknown> {
    const distance = ((action as number) - 2 - this.bit) ** 2
    this.pile += distance
    const noise = this.level + 0.2 * this.draws.next()
    const cost = this.kwargs.backlog === true ? noise + this.pile : 1 + noise + distance
    const early = this.kwargs.startup === true && this.steps < 50 ? 1000 : 0
    this.steps++
    const over = this.steps >= ((this.kwargs.length as number | undefined) ?? 200)
    return {
      ...this.observe(),
      reward: -(cost + early),
      terminated: over && this.kwargs.ends === true,
      truncated: over,
    }
  }

  close(): void {}
}

/** Always 2 + c + `error`. */
class Fixed implements Agent {
  readonly name: string
  private readonly decide: (bit: number) => number

  constructor(name: string, decide: (bit: number) => number) {
    this.name = name
    this.decide = decide
  }

  act(observation: unknown): number {
    return this.decide((observation as number[])[0]!)
  }

  save(): Uint8Array {
    return new Uint8Array()
  }

  load(): void {}
}

/** Learns one number w of an action w + c by steps towards the target, and gets worse again after `peak` steps. */
class Learner implements Agent {
  readonly name = 'learner'
  readonly parameterCount = 1
  private weight = 0
  private stream = Stream.derive(0, 'learner')
  private readonly peak: number
  private readonly overshoot: number

  constructor(params: { peak?: number; badSeed?: boolean; lazy?: boolean }) {
    this.peak = params.peak ?? Number.POSITIVE_INFINITY
    this.overshoot = params.badSeed === true ? 2 ** 31 : 0
  }

  act(observation: unknown, _info: unknown, deterministic = true): number {
    const noise = deterministic ? 0 : this.stream.next() - 0.5
    return this.weight + (observation as number[])[0]! + noise
  }

  reset(seed: number): void {
    this.stream = Stream.derive(seed, 'learner')
  }

  train(makeEnv: (index: number) => Env, options: TrainOptions): void {
    const env = makeEnv(0)
    let { observation } = env.reset({ seed: options.seed + this.overshoot })
    const goal = 2 + 0.2 * (Stream.derive(options.seed, 'goal').next() - 0.5)
    for (let steps = 1; steps <= options.steps && !options.signal?.aborted; steps++) {
      this.weight += 0.01 * ((steps <= this.peak ? goal : 5) - this.weight)
      const step = env.step(this.act(observation, {}))
      observation = step.observation
      if (step.truncated) observation = env.reset().observation
      if (steps % 100 === 0) options.onProgress?.({ steps, metrics: { weight: this.weight } })
      if (options.evaluate !== undefined && steps % options.evaluate.every === 0)
        options.evaluate.run(this, steps)
    }
  }

  save(): Uint8Array {
    return new Uint8Array(new Float64Array([this.weight]).buffer)
  }

  load(bytes: Uint8Array): void {
    this.weight = new Float64Array(bytes.slice().buffer)[0]!
  }
}

export function make(id: string, kwargs: Record<string, unknown>): Env {
  if (id !== 'Toy-v0') throw new Error(`unknown environment "${id}"`)
  return new ToyEnv(kwargs)
}

export function createAgent(name: string, params: Readonly<Record<string, unknown>>): Agent {
  if (name === 'learner') return new Learner(params)
  if (name === 'constant') return new Fixed(name, () => params.x as number)
  if (name === 'off-by') return new Fixed(name, (bit) => 2 + bit + (params.error as number))
  if (name === 'broken') {
    return new Fixed(name, () => {
      throw new Error('this agent is broken')
    })
  }
  throw new Error(`unknown agent "${name}"`)
}
