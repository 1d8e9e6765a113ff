import { reject } from '../../random/check.ts'
import type { Box } from '../spaces/box.ts'
import type { ArrayDType } from '../spaces/dtype.ts'
import type { Space } from '../spaces/space.ts'

/** The space as a Box. Throws ConfigError for any other: `wrapper` is named in it. */
export function requireBox(space: Space, wrapper: string, hint?: string): Box<ArrayDType> {
  if (space.kind === 'Box') return space as unknown as Box<ArrayDType>
  return reject(`expected a Box space, got ${space.kind}`, wrapper, '', hint)
}
