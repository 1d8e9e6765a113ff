/** From a space's description back to the space. */
import { reject } from '../../random/check.ts'
import { Box } from './box.ts'
import { Dict } from './dict.ts'
import { Discrete } from './discrete.ts'
import type { ArrayDType } from './dtype.ts'
import { describe, numberFromJson } from './json-number.ts'
import { MultiBinary } from './multi-binary.ts'
import { MultiDiscrete } from './multi-discrete.ts'
import type { JsonNumber, Space, SpaceJSON } from './space.ts'
import { Tuple } from './tuple.ts'

/** The space that `toJSON` described. Throws ConfigError for an unknown type or wrong fields. */
export function spaceFromJSON(json: SpaceJSON): Space {
  switch (json?.type) {
    case 'Box':
      return new Box(bound(json.low, 'Box.low'), bound(json.high, 'Box.high'), {
        shape: json.shape,
        dtype: json.dtype as ArrayDType,
      })
    case 'Discrete':
      return new Discrete(json.n, json.start)
    case 'MultiDiscrete':
      return new MultiDiscrete(json.nvec, { start: json.start, shape: json.shape })
    case 'MultiBinary':
      return new MultiBinary(json.shape)
    case 'Dict':
      return new Dict(
        Object.fromEntries(Object.entries(json.spaces).map(([key, part]) => [key, spaceFromJSON(part)])),
      )
    case 'Tuple':
      return new Tuple(json.spaces.map((part) => spaceFromJSON(part)))
    default:
      return reject(`unknown space ${describe((json as { type?: unknown } | null)?.type)}`, 'space.type', '')
  }
}

function bound(value: JsonNumber | readonly JsonNumber[], path: string): number | number[] {
  return Array.isArray(value)
    ? value.map((x, i) => numberFromJson(x, `${path}[${i}]`))
    : numberFromJson(value, path)
}
