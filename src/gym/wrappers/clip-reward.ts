import { reject } from '../../random/check.ts'
import type { Env } from '../env.ts'
import { TransformReward } from './transform-reward.ts'

/** Rewards clipped to [min, max]; either may be infinite. */
export class ClipReward<Obs = unknown, Act = unknown> extends TransformReward<Obs, Act> {
  constructor(env: Env<Obs, Act>, min: number, max: number) {
    if (!(min < max)) reject(`${min} is not below ${max}`, 'ClipReward', '')
    super(env, (reward) => Math.min(max, Math.max(min, reward)))
  }
}
