/** Distributions: a bare quantity is a constant, else a one-key mapping. `mean` and `cv` are those of the value itself. */
import { z } from 'zod'
import { ConfigError } from '../../errors.ts'
import { compileDistribution } from '../../random/index.ts'
import { parsePath, show } from '../path.ts'
import type { Distribution } from '../types.ts'
import {
  type Context,
  duration,
  either,
  integer,
  listOf,
  noun,
  number,
  oneOf,
  only,
  positiveDuration,
  problem,
  type Quantity,
  say,
} from './common.ts'

export type DistributionInput<Q> =
  | Q
  | { constant?: Q | undefined }
  | { exponential?: { mean: Q } | undefined }
  | { uniform?: { low: Q; high: Q } | undefined }
  /** Normal conditioned on being at least 0; cv < 1. */
  | { normal?: { mean: Q; cv: number } | undefined }
  | { lognormal?: { mean: Q; cv: number } | undefined }
  | { gamma?: { mean: Q; cv: number } | undefined }
  | { erlang?: { k: number; mean: Q } | undefined }
  | { weibull?: { mean: Q; cv: number } | undefined }
  /** `shape` > 1 is the tail index. */
  | { pareto?: { mean: Q; shape: number } | undefined }
  /** cv >= 1. */
  | { hyperexponential?: { mean: Q; cv: number } | undefined }
  | { poisson?: { mean: Q } | undefined }
  /** `values`: drawn uniformly. `quantiles`: [probability, value] pairs of the inverse distribution function. */
  | { empirical?: { values?: Q[] | undefined; quantiles?: [number, Q][] | undefined } | undefined }

function distributionOf<Q>(
  value: z.ZodType<number, Q>,
  what: string,
  example: string,
): z.ZodType<Distribution, DistributionInput<Q>> {
  const mean = value
  const cv = number({ min: 0 }).describe('Coefficient of variation: standard deviation / mean.')
  const pair = z.tuple([number({ min: 0, max: 1 }), value], {
    error: (issue: { input?: unknown }) =>
      say(`expected a pair [probability, value], got ${show(issue.input)}`),
  })
  const kinds = oneOf('a distribution', {
    constant: value.optional(),
    exponential: noun('exponential', { mean }).optional(),
    uniform: noun('uniform', { low: value, high: value }).optional(),
    normal: noun('normal', { mean, cv })
      .optional()
      .describe('Normal conditioned on being at least 0; cv below 1.'),
    lognormal: noun('lognormal', { mean, cv }).optional(),
    gamma: noun('gamma', { mean, cv }).optional(),
    erlang: noun('erlang', { k: integer(1, 1000), mean }).optional(),
    weibull: noun('weibull', { mean, cv }).optional(),
    pareto: noun('pareto', { mean, shape: number({ above: 1 }) })
      .optional()
      .describe('shape is the tail index.'),
    hyperexponential: noun('hyperexponential', { mean, cv: number({ min: 1 }) }).optional(),
    poisson: noun('poisson', { mean }).optional().describe('Whole numbers.'),
    empirical: noun('empirical', {
      values: listOf(value, 'values').optional(),
      quantiles: listOf(pair, 'pairs').optional(),
    })
      .optional()
      .describe(
        'values, drawn uniformly; or quantiles, pairs [probability, value] of the inverse distribution function.',
      ),
  }).transform((kinds, context): Distribution => {
    const distribution = natural(only(kinds), context)
    if (distribution === undefined) return z.NEVER
    checkDistribution(distribution, context)
    return distribution
  })
  const constant = value.transform((value): Distribution => ({ kind: 'constant', value }))
  return either(
    constant,
    kinds,
    `${what} or a distribution`,
    `Write ${example} or { exponential: { mean: ${example} } }.`,
  ) as unknown as z.ZodType<Distribution, DistributionInput<Q>>
}

function natural(entry: readonly [string, unknown], context: Context): Distribution | undefined {
  const [kind, params] = entry
  if (kind === 'constant') return { kind, value: params as number }
  if (kind !== 'empirical') return { kind, ...(params as object) } as Distribution
  const { values, quantiles } = params as { values?: number[]; quantiles?: [number, number][] }
  if (values !== undefined && quantiles === undefined) return { kind: 'empirical', values }
  if (quantiles !== undefined && values === undefined) return { kind: 'empiricalQuantiles', quantiles }
  problem(
    context,
    ['empirical'],
    `expected values or quantiles, got ${values === undefined ? 'neither' : 'both'}`,
    'Give one of the two.',
  )
  return undefined
}

/** Whatever the sampler refuses is refused here, at the field that it names. */
function checkDistribution(distribution: Distribution, context: Context): void {
  try {
    compileDistribution(distribution)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const { what, path, hint } of error.problems) problem(context, parsePath(path), what, hint)
  }
}

export const durationDistribution: z.ZodType<Distribution, DistributionInput<Quantity>> = distributionOf(
  duration,
  'a duration',
  '20ms',
).meta({
  id: 'DurationDistribution',
})

export const positiveDurationDistribution: z.ZodType<
  Distribution,
  DistributionInput<Quantity>
> = distributionOf(positiveDuration, 'a duration', '20ms').meta({ id: 'PositiveDurationDistribution' })

export const countDistribution: z.ZodType<Distribution, DistributionInput<number>> = distributionOf(
  number(),
  'a number',
  '100',
)
