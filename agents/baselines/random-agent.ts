/** Uniform over the valid actions: what any agent has to beat. */
import { SimError } from '../../src/errors.ts'
import type { Info } from '../../src/gym/env.ts'
import type { Space, SpaceMask } from '../../src/gym/spaces/space.ts'
import { Params } from '../../src/policies/params.ts'
import type { PolicyParams } from '../../src/policies/types.ts'
import { Stream, type StreamState } from '../../src/random/stream.ts'
import type { Agent } from '../agent.ts'
import { decodeCheckpointOf, encodeCheckpoint } from '../checkpoint.ts'

export class RandomAgent implements Agent {
  readonly name = 'random'
  private readonly actionSpace: Space | undefined
  private stream: Stream = Stream.derive(0, 'random')

  /** The action space is needed where the environment gives no mask. */
  constructor(params: PolicyParams = {}, actionSpace?: Space) {
    new Params('random', params, {}).finish()
    this.actionSpace = actionSpace
  }

  act(_observation: unknown, info: Info): unknown {
    const { actionSpace, stream } = this
    if (actionSpace !== undefined && actionSpace.kind !== 'Discrete')
      return actionSpace.sample({ mask: info.actionMask as SpaceMask | undefined, stream })
    const mask = info.actionMask as ArrayLike<number> | undefined
    if (mask === undefined || mask === null) {
      if (actionSpace !== undefined) return actionSpace.sample({ stream })
      throw new SimError(
        'no-action-space',
        'random knows no actions: the environment gives no mask (info.actionMask). Create it with { actionSpace }.',
      )
    }
    let valid = 0
    for (let i = 0; i < mask.length; i++) if (mask[i]) valid++
    if (valid === 0)
      throw new SimError(
        'no-valid-action',
        'the action mask leaves no action (info.actionMask). The environment must offer at least one.',
      )
    let left = stream.int(valid)
    let action = 0
    while (!mask[action] || left-- > 0) action++
    const start = (actionSpace as { start?: number } | undefined)?.start ?? 0
    return start + action
  }

  reset(seed: number): void {
    this.stream = Stream.derive(seed, 'random')
  }

  save(): Uint8Array {
    return encodeCheckpoint({ agent: this.name, params: {}, stream: this.stream.save() })
  }

  load(bytes: Uint8Array): void {
    this.stream.load(decodeCheckpointOf(this.name, bytes).stream as StreamState)
  }
}
