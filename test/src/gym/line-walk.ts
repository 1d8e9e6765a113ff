/** A small environment that keeps every clause of the contract: the tests break it in one point each. */
import type { Env, EnvSpec, Info, ResetOptions, ResetResult, StepResult } from '../../../src/gym/index.ts'
import { Box, Discrete, type Space } from '../../../src/gym/index.ts'
import { Stream } from '../../../src/random/index.ts'

/** A walk on [-1, 1] from a random start; actions 0, 1, 2 go left, stay, go right; ends at the right end. */
export class LineWalk implements Env {
  observationSpace: Space = new Box(-1, 1, { shape: [2] })
  actionSpace: Space = new Discrete(3)
  metadata: Env['metadata'] = { renderModes: ['ansi', 'rgb_array'], renderFps: 4 }
  renderMode: string | undefined
  spec?: EnvSpec | undefined
  position = 0
  steps = 0
  closed = 0
  private stream = Stream.derive(0, 'line-walk')

  constructor(kwargs: Record<string, unknown> = {}) {
    this.renderMode = kwargs.renderMode as string | undefined
  }

  get unwrapped(): Env {
    return this
  }

  observe(): unknown {
    return Float32Array.of(this.position, this.steps / 1000)
  }

  info(): Info {
    const info: Info = { steps: this.steps }
    Object.defineProperty(info, 'view', { value: { position: this.position }, enumerable: false })
    return info
  }

  reset(options?: ResetOptions): ResetResult<unknown> {
    if (options?.seed !== undefined) this.stream = Stream.derive(options.seed, 'line-walk')
    this.position = this.stream.next() - 0.5
    this.steps = 0
    return { observation: this.observe(), info: this.info() }
  }

  step(action: unknown): StepResult<unknown> {
    const move = typeof action === 'number' ? action - 1 : 0
    this.position = Math.min(1, Math.max(-1, this.position + 0.01 * move))
    this.steps++
    return {
      observation: this.observe(),
      reward: this.position,
      terminated: this.position === 1,
      truncated: false,
      info: this.info(),
    }
  }

  render(): unknown {
    if (this.renderMode === 'ansi') return `at ${this.position}`
    return { width: 2, height: 1, data: new Uint8Array(6) }
  }

  close(): void {
    this.closed++
  }
}
