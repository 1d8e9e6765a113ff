import { reject } from '../../random/check.ts'
import type { Env, ResetOptions, ResetResult } from '../env.ts'
import { Box } from '../spaces/box.ts'
import { type ArrayByDType, type ArrayDType, newArray } from '../spaces/dtype.ts'
import { requireBox } from './require-box.ts'
import { ObservationWrapper } from './wrapper.ts'

type Frames = ArrayByDType[ArrayDType]

/**
 * The last `stackSize` observations as one array of shape [stackSize, ...shape], the newest last.
 * At a reset the frames before the first are copies of it (`padding: 'reset'`, default) or zeros.
 */
export class FrameStack<Act = unknown> extends ObservationWrapper<Frames, Act> {
  private readonly frames: Frames
  private readonly frameSize: number
  private readonly padding: 'reset' | 'zero'
  private first = true

  /** Throws ConfigError when the observations are not of a Box. */
  constructor(env: Env<unknown, Act>, stackSize: number, padding: 'reset' | 'zero' = 'reset') {
    const box = requireBox(env.observationSpace, 'FrameStack', 'Apply FlattenObservation first.')
    if (!(Number.isInteger(stackSize) && stackSize >= 1)) {
      reject(`expected an integer of at least 1, got ${stackSize}`, 'FrameStack.stackSize', '')
    }
    const options = { shape: [stackSize, ...box.shape], dtype: box.dtype }
    super(env as Env<Frames, Act>, new Box(repeat(box.low, stackSize), repeat(box.high, stackSize), options))
    if (padding !== 'reset' && padding !== 'zero') {
      reject(`expected "reset" or "zero", got ${JSON.stringify(padding)}`, 'FrameStack.padding', '')
    }
    this.padding = padding
    this.frameSize = box.low.length
    this.frames = newArray(box.dtype, stackSize * this.frameSize)
  }

  override reset(options?: ResetOptions): ResetResult<Frames> {
    this.first = true
    return super.reset(options)
  }

  protected override observation(observation: Frames): Frames {
    const { frames, frameSize } = this
    if (this.first) {
      this.first = false
      frames.fill(0)
      if (this.padding === 'reset') {
        for (let at = 0; at < frames.length; at += frameSize) frames.set(observation, at)
      }
    } else {
      frames.copyWithin(0, frameSize)
    }
    frames.set(observation, frames.length - frameSize)
    return frames.slice()
  }

  protected override get snapshotName(): string {
    return 'FrameStack'
  }

  protected override saveState(): Frames {
    return this.frames
  }

  /** Throws ConfigError for another number of frames. */
  protected override checkState(frames: Frames): void {
    if (frames.length !== this.frames.length) {
      const count = (array: Frames): number => array.length / this.frameSize
      reject(
        `the snapshot has ${count(frames)} frames, not ${count(this.frames)}`,
        'FrameStack.stackSize',
        '',
      )
    }
  }

  protected override loadState(frames: Frames): void {
    this.frames.set(frames)
    this.first = false
  }
}

function repeat(bounds: ArrayLike<number>, times: number): Float64Array {
  const out = new Float64Array(bounds.length * times)
  for (let k = 0; k < times; k++) out.set(bounds, k * bounds.length)
  return out
}
