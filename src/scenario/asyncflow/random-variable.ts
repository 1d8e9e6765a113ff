/**
 * AsyncFlow's random variables as it really draws them, whatever the names of their fields say:
 * `variance` of a normal is used as its standard deviation, `mean` and `variance` of a log_normal are those of
 * the underlying normal (as standard deviation again), a uniform is U(0, 1).
 */
import { exp, expm1 } from '../../random/index.ts'
import type { Path } from '../path.ts'
import type { Distribution } from '../types.ts'
import type { Notes } from './notes.ts'
import type { Reader } from './reader.ts'

const KINDS = ['poisson', 'normal', 'log_normal', 'exponential', 'uniform'] as const
const LATER_KINDS: readonly RandomKind[] = [...KINDS, 'deterministic']
export type RandomKind = (typeof KINDS)[number] | 'deterministic'

export type RandomVariable = {
  readonly distribution: Distribution
  readonly mean: number
  readonly kind: RandomKind
}

export type RandomRule = {
  /** The later format may give a plain number, and more distributions. */
  readonly later: boolean
  /** Whether the mean must be above 0. */
  readonly positive: boolean
}

export function readRandomVariable(
  reader: Reader,
  value: unknown,
  path: Path,
  rule: RandomRule,
  notes: Notes,
): RandomVariable | undefined {
  if (rule.later && typeof value !== 'object' && value !== undefined) {
    const constant = reader.number(value, path, { above: 0 })
    return constant === undefined
      ? undefined
      : { distribution: { kind: 'constant', value: constant }, mean: constant, kind: 'deterministic' }
  }
  const fields = reader.fields(value, path, 'a random variable', ['mean', 'distribution', 'variance'])
  if (fields === undefined) return undefined
  const mean = reader.number(fields.mean, [...path, 'mean'], rule.positive ? { above: 0 } : {}, true)
  const kind =
    fields.distribution === undefined
      ? 'poisson'
      : reader.choice<RandomKind>(
          fields.distribution,
          [...path, 'distribution'],
          rule.later ? LATER_KINDS : KINDS,
        )
  const given =
    fields.variance === undefined || fields.variance === null
      ? undefined
      : reader.number(fields.variance, [...path, 'variance'], { min: 0 })
  if (mean === undefined || kind === undefined) return undefined
  if (given !== undefined && kind !== 'normal' && kind !== 'log_normal') {
    return reader.reject(
      [...path, 'variance'],
      `"variance" has no meaning for ${kind}, and AsyncFlow stops on it`,
      'Remove it, or use normal or log_normal.',
    )
  }
  const sigma = given ?? mean
  if (sigma < 0 && (kind === 'normal' || kind === 'log_normal'))
    return reader.reject(
      [...path, 'mean'],
      `a ${kind} without variance takes its mean for it, got ${mean}`,
      'Give a variance of at least 0.',
    )
  const distribution = drawn(kind, mean, sigma)
  if (distribution === undefined) {
    return reader.reject(
      [...path, 'variance'],
      `the mean of this log_normal is not a finite number`,
      'Its fields are those of the logarithm of the value: give smaller ones.',
    )
  }
  noteSurprise(kind, path, notes)
  return { distribution, mean, kind }
}

function drawn(kind: RandomKind, mean: number, sigma: number): Distribution | undefined {
  switch (kind) {
    case 'exponential':
      return { kind, mean }
    case 'poisson':
      return { kind, mean }
    case 'deterministic':
      return { kind: 'constant', value: mean }
    case 'uniform':
      return { kind, low: 0, high: 1 }
    case 'normal':
      return { kind: 'clippedNormal', mu: mean, sigma }
    case 'log_normal': {
      const value = exp(mean + (sigma * sigma) / 2)
      const cv = Math.sqrt(expm1(sigma * sigma))
      if (!(value > 0 && Number.isFinite(value) && Number.isFinite(cv))) return undefined
      return { kind: 'lognormal', mean: value, cv }
    }
  }
}

function noteSurprise(kind: RandomKind, path: Path, notes: Notes): void {
  if (kind === 'normal')
    notes.add(
      path,
      'drawn as AsyncFlow draws it: "variance" is the standard deviation of this normal, and negative values become 0',
    )
  if (kind === 'log_normal')
    notes.add(
      path,
      'drawn as AsyncFlow draws it: "mean" and "variance" are the mean and the standard deviation of the logarithm',
    )
  if (kind === 'uniform')
    notes.add(path, 'drawn as AsyncFlow draws it: uniform between 0 and 1, whatever the mean')
}
