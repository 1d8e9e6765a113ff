/** Random spaces of every kind, nested, for property tests. */
import fc from 'fast-check'
import {
  Box,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  type Space,
  Tuple,
} from '../../../../src/gym/index.ts'

const shape = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 0, maxLength: 3 })
const sizeOf = (sides: readonly number[]) => sides.reduce((size, side) => size * side, 1)

const bound = fc.oneof(
  fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
  fc.double({ noNaN: true, min: -10, max: 10 }),
  fc.constantFrom(0, -0, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
)

const box = fc
  .record({ shape, dtype: fc.constantFrom('float32', 'float64', 'uint8', 'int32'), seed: fc.integer() })
  .chain(({ shape, dtype }) =>
    fc
      .array(fc.tuple(bound, bound), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
      .filter((pairs) => pairs.every(([a, b]) => a !== b || Number.isFinite(a)))
      .map((pairs): Space => {
        const low = pairs.map(([a, b]) => Math.min(a, b))
        const high = pairs.map(([a, b]) => Math.max(a, b))
        return new Box(low, high, { shape, dtype: dtype as 'float32' }) as Space
      }),
  )

const discrete = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: -50, max: 50 }))
  .map(([n, start]): Space => new Discrete(n, start) as Space)

const multiDiscrete = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: 9 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map(
    (pairs): Space =>
      new MultiDiscrete(
        pairs.map(([n]) => n),
        { start: pairs.map(([, start]) => start) },
      ) as Space,
  )

const multiBinary = shape.map((sides): Space => new MultiBinary(sides) as Space)

export const anySpace: fc.Arbitrary<Space> = fc.letrec<{ space: Space; dict: Space; tuple: Space }>(
  (tie) => ({
    space: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'space' },
      box,
      discrete,
      multiDiscrete,
      multiBinary,
      tie('dict'),
      tie('tuple'),
    ),
    dict: fc
      .dictionary(fc.string({ maxLength: 4 }), tie('space'), {
        minKeys: 1,
        maxKeys: 3,
        depthIdentifier: 'space',
      })
      .map((spaces): Space => new Dict(spaces) as Space),
    tuple: fc
      .array(tie('space'), { minLength: 1, maxLength: 3, depthIdentifier: 'space' })
      .map((spaces): Space => new Tuple(spaces) as Space),
  }),
).space
