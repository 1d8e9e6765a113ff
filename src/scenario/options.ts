import type { Problem } from '../errors.ts'
import type { Override } from './overrides.ts'

export type LoadOptions = {
  /** Name of the text in errors. */
  readonly file?: string | undefined
  /** The text of a file that the scenario names; throws where it cannot be read. */
  readonly resolve?: ((path: string) => string) | undefined
  /** Fields to set before anything is checked. */
  readonly set?: readonly Override[] | undefined
  /** Told what is accepted but perhaps not meant, or done otherwise than the source format does it. */
  readonly warn?: ((problem: Problem) => void) | undefined
}
