import type { Kit } from '../kit.ts'
import { evaluate } from './evaluate.ts'
import { train } from './train.ts'
import type { Job, UnitHooks, UnitResult } from './types.ts'

/** The result depends on the job alone: not on who runs it, nor on what ran before. */
export function runUnit({ unit, checkpoint }: Job, kit: Kit, hooks?: UnitHooks): Promise<UnitResult> {
  return unit.kind === 'train' ? train(unit, checkpoint, kit, hooks) : evaluate(unit, checkpoint, kit, hooks)
}
