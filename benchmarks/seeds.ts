/**
 * Who may use which seeds. Training, evaluation, tuning and validation draw from ranges that do not meet, so
 * that no agent is measured on what it was fitted to.
 */
import { ConfigError } from '../src/errors.ts'

export type SeedPurpose = 'training' | 'evaluation' | 'tuning' | 'validation'

const TWO_31 = 2147483648
const MILLION = 1_000_000

/** [first, end) of each purpose. */
export const SEED_RANGES: Readonly<Record<SeedPurpose, readonly [number, number]>> = {
  training: [0, TWO_31],
  evaluation: [TWO_31, TWO_31 + MILLION],
  tuning: [TWO_31 + MILLION, TWO_31 + 2 * MILLION],
  validation: [TWO_31 + 2 * MILLION, TWO_31 + 3 * MILLION],
}

/** `count` seeds of a purpose from the `first`-th of its range on. */
export function seedsOf(purpose: Exclude<SeedPurpose, 'training'>, count: number, first = 0): number[] {
  const seeds = Array.from({ length: count }, (_, i) => SEED_RANGES[purpose][0] + first + i)
  checkSeeds(purpose, seeds)
  return seeds
}

/** Throws ConfigError for a seed outside the range of its purpose, and for one that occurs twice. */
export function checkSeeds(purpose: SeedPurpose, seeds: readonly number[], path = `seeds.${purpose}`): void {
  const [first, end] = SEED_RANGES[purpose]
  const outside = seeds.find((seed) => !Number.isInteger(seed) || seed < first || seed >= end)
  if (outside !== undefined) {
    const hint = `Seeds of ${purpose} are integers from ${first} to ${end - 1}, apart from those of every other purpose.`
    throw new ConfigError([{ what: `seed ${outside} is not one of ${purpose}`, path, hint }])
  }
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i)
  if (twice !== undefined) {
    throw new ConfigError([{ what: `seed ${twice} occurs twice`, path, hint: 'Give each seed once.' }])
  }
}
