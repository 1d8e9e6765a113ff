import type { Env, ResetOptions, ResetResult, SlotLayout, StepResult } from '../../src/gym/env.ts'
import { Box } from '../../src/gym/spaces/box.ts'
import { Discrete } from '../../src/gym/spaces/discrete.ts'
import { Stream } from '../../src/random/stream.ts'

/** Of three actions, two valid at a time and one right: the one that the observation marks. 20 steps, then truncated. */
export class Signs implements Env<Float32Array, number> {
  readonly observationSpace: Box = new Box(0, 1, { shape: [3] })
  readonly actionSpace: Discrete
  readonly metadata: { readonly renderModes: readonly string[] } = { renderModes: [] }
  /** Steps on which an invalid action came in. */
  violations = 0
  private stream: Stream = Stream.derive(0, 'signs')
  private right = 0
  private mask: Uint8Array = new Uint8Array(3)
  private steps = 0

  constructor(start = 0) {
    this.actionSpace = new Discrete(3, start)
  }

  get unwrapped(): Env<unknown, unknown> {
    return this as Env<unknown, unknown>
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    if (seed !== undefined) this.stream = Stream.derive(seed, 'signs')
    this.steps = 0
    return { observation: this.draw(), info: this.info() }
  }

  step(action: number): StepResult<Float32Array> {
    const index = action - this.actionSpace.start
    if (this.mask[index] !== 1) this.violations++
    const reward = index === this.right ? 1 : 0
    this.steps++
    return {
      observation: this.draw(),
      reward,
      terminated: false,
      truncated: this.steps === 20,
      info: this.info(),
    }
  }

  close(): void {}

  private draw(): Float32Array {
    this.right = this.stream.int(3)
    this.mask = new Uint8Array(3).fill(1)
    this.mask[(this.right + 1 + this.stream.int(2)) % 3] = 0
    return Float32Array.from({ length: 3 }, (_, i) => (i === this.right ? 1 : 0))
  }

  private info(): Record<string, unknown> {
    return { actionMask: this.mask, elapsed: 0.5 + this.stream.next() }
  }
}

/** Four slots with a queue and a speed each; right is the slot of the least queue / speed. One step, then truncated. */
export class Shortest implements Env<Float32Array, number> {
  readonly observationSpace: Box = new Box(0, 1, { shape: [9] })
  readonly actionSpace: Discrete = new Discrete(4)
  readonly slotLayout: SlotLayout = { shared: 1, each: 2 }
  readonly metadata: { readonly renderModes: readonly string[] } = { renderModes: [] }
  private stream: Stream = Stream.derive(0, 'shortest')
  private row: Float32Array = new Float32Array(9)

  get unwrapped(): Env<unknown, unknown> {
    return this as Env<unknown, unknown>
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    if (seed !== undefined) this.stream = Stream.derive(seed, 'shortest')
    return { observation: this.draw(), info: {} }
  }

  step(action: number): StepResult<Float32Array> {
    const scores = [0, 1, 2, 3].map((i) => this.row[1 + 2 * i]! / (0.5 + this.row[2 + 2 * i]!))
    const reward = scores[action] === Math.min(...scores) ? 1 : 0
    return { observation: this.draw(), reward, terminated: false, truncated: true, info: {} }
  }

  close(): void {}

  private draw(): Float32Array {
    this.row = Float32Array.from({ length: 9 }, () => this.stream.next())
    return this.row
  }
}
