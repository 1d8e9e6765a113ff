import { reject } from '../../random/check.ts'
import type { Env } from '../env.ts'
import { Box } from '../spaces/box.ts'
import { type ArrayByDType, type ArrayDType, newArray } from '../spaces/dtype.ts'
import { requireBox } from './require-box.ts'
import { TransformAction } from './transform-action.ts'

type BoxAction = ArrayByDType[ArrayDType]

/**
 * Actions in [minAction, maxAction] (default [-1, 1], float32), mapped linearly to the environment's
 * bounds; what lies outside is clipped to them.
 */
export class RescaleAction<Obs = unknown> extends TransformAction<Float32Array, BoxAction, Obs> {
  /** Throws ConfigError when the actions are not of a Box with finite bounds, or the range is empty. */
  constructor(env: Env<Obs, unknown>, minAction = -1, maxAction = 1) {
    const box = requireBox(env.actionSpace, 'RescaleAction')
    if (!box.isBounded()) reject('expected a Box with finite bounds', 'RescaleAction', '')
    if (!(minAction < maxAction)) reject(`${minAction} is not below ${maxAction}`, 'RescaleAction', '')
    const rescale = (action: Float32Array): BoxAction => {
      const out = newArray(box.dtype, box.low.length)
      for (let i = 0; i < out.length; i++) {
        const low = box.low[i]!
        const high = box.high[i]!
        const share = (action[i]! - minAction) / (maxAction - minAction)
        out[i] = Math.min(high, Math.max(low, low + share * (high - low)))
      }
      return out
    }
    super(env as Env<Obs, BoxAction>, rescale, new Box(minAction, maxAction, { shape: box.shape }))
  }
}
