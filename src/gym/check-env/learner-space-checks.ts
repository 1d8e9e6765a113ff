/** What learners, and Stable-Baselines3's above all, expect of spaces. */
import type { Box } from '../spaces/box.ts'
import type { Discrete } from '../spaces/discrete.ts'
import type { MultiDiscrete } from '../spaces/multi-discrete.ts'
import type { Space } from '../spaces/space.ts'
import type { Probe } from './probe.ts'
import { partsOf, SOUND_SPACES, SPACES, walk } from './space-checks.ts'
import type { Check, CheckLevel, CheckSource } from './types.ts'

/** Stable-Baselines3's convolutional network needs as many. */
const SMALLEST_IMAGE = 36

export const LEARNER_SPACE_CHECKS: readonly Check[] = [
  ofActionBox('action-box-normalized', 'warning', 'gymnasium', ({ low, high, shape }) => {
    if (shape.length !== 1) return undefined
    const normalized = low.every((x, i) => (x === 0 || -x === high[i]) && x >= -1 && high[i]! <= 1)
    return normalized ? undefined : 'is not within [-1, 1] or [0, 1]'
  }),
  ofActionBox('action-box-symmetric', 'warning', 'sb3', ({ low, high }) =>
    low.every((x, i) => x === -1 && high[i] === 1) ? undefined : 'is not [-1, 1]. RescaleAction makes it so',
  ),
  ofActionBox('action-box-finite', 'error', 'sb3', (box) =>
    box.isBounded() ? undefined : 'has infinite bounds',
  ),
  ofActionBox('action-box-float32', 'warning', 'sb3', ({ dtype }) =>
    dtype === 'float32' ? undefined : `is of ${dtype}, not of float32`,
  ),
  {
    ...warning('action-is-array'),
    run: ({ actionSpace: { kind } }) =>
      kind === 'Dict' || kind === 'Tuple'
        ? `actionSpace is a ${kind}, which few learners support`
        : undefined,
  },
  {
    ...warning('discrete-starts-at-zero'),
    run: (probe) => firstFault(allSpaces(probe), startFault),
  },
  {
    ...warning('multi-discrete-is-flat'),
    run: (probe) =>
      firstFault(allSpaces(probe), (space) =>
        space.kind === 'MultiDiscrete' && space.shape!.length > 1 ? 'has more than one dimension' : undefined,
      ),
  },
  {
    ...warning('observation-not-nested'),
    run: ({ observationSpace }) =>
      firstFault(
        partsOf(observationSpace).map(([key, part]) => [`observationSpace.${key}`, part]),
        (part) =>
          part.kind === 'Dict' || part.kind === 'Tuple' ? 'is nested. Flatten the space' : undefined,
      ),
  },
  {
    ...warning('observation-not-tuple'),
    run: ({ observationSpace }) =>
      observationSpace.kind === 'Tuple' ? 'observationSpace is a Tuple. Make it a Dict or a Box' : undefined,
  },
  ofObservationBox('observation-box-dimensions', (box) =>
    box.shape.length === 1 || isImage(box)
      ? undefined
      : `has ${box.shape.length} dimensions, neither 1 nor 3`,
  ),
  ofObservationBox('image-is-uint8', (box) =>
    isImage(box) && box.dtype !== 'uint8'
      ? `looks like an image but is of ${box.dtype}, not of uint8`
      : undefined,
  ),
  ofObservationBox('image-bounds', (box) =>
    isImage(box) && !box.low.every((x, i) => x === 0 && box.high[i] === 255)
      ? 'looks like an image but is not within 0 and 255'
      : undefined,
  ),
  ofObservationBox('image-size', (box) =>
    isImage(box) && imageSides(box.shape).some((side) => side < SMALLEST_IMAGE)
      ? `looks like an image of less than ${SMALLEST_IMAGE} x ${SMALLEST_IMAGE}`
      : undefined,
  ),
]

function warning(name: string): Omit<Check, 'run'> {
  return { name, source: 'sb3', level: 'warning', needs: SPACES }
}

type AnyBox = Box<'float32' | 'float64' | 'uint8'>

function ofActionBox(
  name: string,
  level: CheckLevel,
  source: CheckSource,
  fault: (box: AnyBox) => string | undefined,
): Check {
  return {
    name,
    source,
    level,
    needs: SOUND_SPACES,
    run: ({ actionSpace }) =>
      firstFault([['actionSpace', actionSpace]], (space) =>
        space.kind === 'Box' ? fault(space as unknown as AnyBox) : undefined,
      ),
  }
}

/** The observation itself, or each entry of a Dict. */
function ofObservationBox(name: string, fault: (box: AnyBox) => string | undefined): Check {
  return {
    ...warning(name),
    run: ({ observationSpace }) =>
      firstFault(walk('observationSpace', observationSpace), (space) =>
        space.kind === 'Box' ? fault(space as unknown as AnyBox) : undefined,
      ),
  }
}

function firstFault(
  spaces: readonly (readonly [path: string, space: Space])[],
  fault: (space: Space) => string | undefined,
): string | undefined {
  for (const [path, space] of spaces) {
    const found = fault(space)
    if (found !== undefined) return `${path} ${found}`
  }
  return undefined
}

function allSpaces({ actionSpace, observationSpace }: Probe): (readonly [path: string, space: Space])[] {
  return [...walk('actionSpace', actionSpace), ...walk('observationSpace', observationSpace)]
}

function startFault(space: Space): string | undefined {
  const starts =
    space.kind === 'Discrete'
      ? [(space as Discrete).start]
      : space.kind === 'MultiDiscrete'
        ? (space as MultiDiscrete).start
        : []
  return starts.some((start) => start !== 0) ? 'starts elsewhere than at 0' : undefined
}

function isImage(box: AnyBox): boolean {
  return box.shape.length === 3
}

/** Height and width: the channels are the smallest of the three sides when they come first, else the last. */
function imageSides(shape: readonly number[]): readonly number[] {
  const smallest = Math.min(...shape)
  return shape[0] === smallest && shape[2] !== smallest ? shape.slice(1) : shape.slice(0, 2)
}
