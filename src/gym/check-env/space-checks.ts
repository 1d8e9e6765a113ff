/** Whether both spaces are sound in themselves, part by part. */
import type { Box } from '../spaces/box.ts'
import type { Dict } from '../spaces/dict.ts'
import type { Discrete } from '../spaces/discrete.ts'
import { sizeOf } from '../spaces/dtype.ts'
import type { MultiDiscrete } from '../spaces/multi-discrete.ts'
import type { Space } from '../spaces/space.ts'
import type { Tuple } from '../spaces/tuple.ts'
import type { Check, CheckLevel } from './types.ts'

export const SPACES: readonly string[] = ['action-space-is-space', 'observation-space-is-space']

/** What must hold for samples and comparisons to mean something. */
export const SOUND_SPACES: readonly string[] = [
  ...SPACES,
  'box-bounds-have-shape',
  'discrete-size',
  'multi-discrete-size',
  'multi-binary-size',
  'container-not-empty',
]

export const SPACE_CHECKS: readonly Check[] = [
  perSpace('box-bounds-have-shape', 'error', 'Box', (space) => {
    const { shape, low, high } = space as Box
    const size = sizeOf(shape)
    if (low.length === size && high.length === size) return undefined
    return `has ${low.length} lower and ${high.length} upper bounds for the shape [${shape.join(', ')}]`
  }),
  perSpace('discrete-size', 'error', 'Discrete', (space) => {
    const { n, shape } = space as Discrete
    return Number.isInteger(n) && n > 0 && shape.length === 0 ? undefined : `has ${n} values`
  }),
  perSpace('multi-discrete-size', 'error', 'MultiDiscrete', (space) => {
    const { nvec, shape } = space as MultiDiscrete
    if (nvec.length !== sizeOf(shape))
      return `has ${nvec.length} coordinates for the shape [${shape.join(', ')}]`
    return nvec.every((n) => n > 0) ? undefined : 'has a coordinate without values'
  }),
  perSpace('multi-binary-size', 'error', 'MultiBinary', (space) =>
    space.shape!.every((side) => side > 0) ? undefined : `has the shape [${space.shape!.join(', ')}]`,
  ),
  perSpace('container-not-empty', 'error', undefined, (space) => {
    if (space.kind !== 'Dict' && space.kind !== 'Tuple') return undefined
    return partsOf(space).length > 0 ? undefined : 'has no parts'
  }),
  perSpace('box-bounds-differ', 'warning', 'Box', (space) => {
    const at = (space as Box).low.findIndex((low, i) => low === (space as Box).high[i])
    return at < 0 ? undefined : `has equal lower and upper bounds at [${at}]`
  }),
  perSpace('box-bounds-ordered', 'warning', 'Box', (space) => {
    const at = (space as Box).low.findIndex((low, i) => low > (space as Box).high[i]!)
    return at < 0 ? undefined : `has a lower bound above the upper one at [${at}]`
  }),
  perSpace('box-bounded-below', 'warning', 'Box', (space) =>
    (space as Box).low.includes(Number.NEGATIVE_INFINITY)
      ? 'has no lower bound: probably too low'
      : undefined,
  ),
  perSpace('box-bounded-above', 'warning', 'Box', (space) =>
    (space as Box).high.includes(Number.POSITIVE_INFINITY)
      ? 'has no upper bound: probably too high'
      : undefined,
  ),
]

/** A check of one kind of space, or of all, run on both spaces and their parts; the first fault counts. */
function perSpace(
  name: string,
  level: CheckLevel,
  kind: Space['kind'] | undefined,
  fault: (space: Space) => string | undefined,
): Check {
  return {
    name,
    source: 'gymnasium',
    level,
    needs: SPACES,
    run: ({ actionSpace, observationSpace }) => {
      for (const [path, space] of [
        ...walk('actionSpace', actionSpace),
        ...walk('observationSpace', observationSpace),
      ]) {
        const found = kind === undefined || space.kind === kind ? fault(space) : undefined
        if (found !== undefined) return `${path} (${space.kind}) ${found}`
      }
      return undefined
    },
  }
}

/** The space itself and all parts of it, each with its path. */
export function walk(path: string, space: Space): (readonly [path: string, space: Space])[] {
  return [[path, space], ...partsOf(space).flatMap(([key, part]) => walk(`${path}.${key}`, part))]
}

export function partsOf(space: Space): (readonly [key: string, part: Space])[] {
  if (space.kind !== 'Dict' && space.kind !== 'Tuple') return []
  return Object.entries((space as Dict | Tuple).spaces as Record<string, Space>)
}
