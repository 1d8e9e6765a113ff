/** A space in a few characters, as Gymnasium prints it. */
import type { SpaceJSON } from '../../src/gym/spaces/space.ts'

/** `Box(0, 1, [58], float32)`, `Discrete(6)`, `Dict(weights: Box(…), replicas: Discrete(9))`. */
export function describeSpace(space: SpaceJSON): string {
  switch (space.type) {
    case 'Box':
      return `Box(${bound(space.low)}, ${bound(space.high)}, [${space.shape.join(', ')}], ${space.dtype})`
    case 'Discrete':
      return space.start === 0 ? `Discrete(${space.n})` : `Discrete(${space.n}, start ${space.start})`
    case 'MultiDiscrete':
      return `MultiDiscrete([${space.nvec.join(', ')}])`
    case 'MultiBinary':
      return `MultiBinary([${space.shape.join(', ')}])`
    case 'Dict': {
      const entries = Object.entries(space.spaces).map(([key, inner]) => `${key}: ${describeSpace(inner)}`)
      return `Dict(${entries.join(', ')})`
    }
    case 'Tuple':
      return `Tuple(${space.spaces.map(describeSpace).join(', ')})`
  }
}

function bound(value: Extract<SpaceJSON, { type: 'Box' }>['low']): string {
  return typeof value === 'object' ? 'per value' : String(value)
}
