/** How requests of a workload begin, and how their rate moves. */
import { z } from 'zod'
import type { Arrivals, Distribution, Profile } from '../types.ts'
import {
  duration,
  integer,
  listOf,
  noun,
  number,
  oneOf,
  only,
  positiveDuration,
  problem,
  type Quantity,
  rate,
  text,
} from './common.ts'
import { countDistribution, type DistributionInput, durationDistribution } from './distribution.ts'

export type TraceInput = {
  /** A CSV file: one send time in seconds a line, optionally a class after a comma. */
  file?: string | undefined
  /** Send times in seconds, non-decreasing. */
  times?: Quantity[] | undefined
}

export type ArrivalsInput = {
  poisson?: { rate: Quantity } | undefined
  /** Equal gaps. */
  deterministic?: { rate: Quantity } | undefined
  /** Gamma-distributed gaps. */
  gamma?: { rate: Quantity; cv: number } | undefined
  /** Every `window` (60s) the number of users is drawn; each sends `perMinute` requests per minute. */
  users?: { users: DistributionInput<number>; perMinute: number; window?: Quantity | undefined } | undefined
  /** n users, each waits for its answer and then thinks. */
  closed?: { users: number; think: DistributionInput<Quantity> } | undefined
  trace?: TraceInput | undefined
}

/** Arrivals as written: a trace may still be a reference to a file. */
export type WrittenArrivals =
  | Exclude<Arrivals, { kind: 'trace' }>
  | { readonly kind: 'traceFile'; readonly file: string }
  | { readonly kind: 'trace'; readonly times: readonly number[] }

export const arrivals: z.ZodType<WrittenArrivals, ArrivalsInput> = oneOf(
  'arrivals',
  {
    poisson: noun('poisson arrivals', { rate }).optional().describe('Independent arrivals.'),
    deterministic: noun('deterministic arrivals', { rate }).optional().describe('Equal gaps.'),
    gamma: noun('gamma arrivals', {
      rate,
      cv: number({ above: 0 }).describe('Coefficient of variation of the gaps; 1 is Poisson.'),
    }).optional(),
    users: noun('users', {
      users: countDistribution.describe('How many users are active, drawn anew for every window.'),
      perMinute: number().describe('Requests per minute of one user.'),
      window: positiveDuration.optional().describe('Default 60s.'),
    })
      .optional()
      .describe('Every window the number of users is drawn; arrivals are Poisson of that rate.'),
    closed: noun('closed users', {
      users: integer(0, 1_000_000),
      think: durationDistribution.describe('From an answer to the next request.'),
    })
      .optional()
      .describe('Users who wait for their answer, think, and send again.'),
    trace: noun('a trace', {
      file: text('a file name')
        .optional()
        .describe(
          'CSV: one send time in seconds a line, optionally a class after a comma; a header is allowed.',
        ),
      times: listOf(duration, 'times').optional().describe('Send times in seconds, non-decreasing.'),
    })
      .optional()
      .describe('Recorded send times.'),
  },
  { planned: ['mmpp', 'pareto', 'onOff', 'batch'] },
).transform((written, context): WrittenArrivals => {
  const [kind, params] = only(written)
  switch (kind) {
    case 'users': {
      const { users, perMinute, window } = params as {
        users: Distribution
        perMinute: number
        window?: number
      }
      return { kind, users, perMinute, window: window ?? 60 }
    }
    case 'trace': {
      const { file, times } = params as { file?: string; times?: number[] }
      if ((file === undefined) === (times === undefined)) {
        problem(
          context,
          ['trace'],
          `expected file or times, got ${file === undefined ? 'neither' : 'both'}`,
          'Give one of the two.',
        )
        return z.NEVER
      }
      if (file !== undefined) return { kind: 'traceFile', file }
      const disorder = (times ?? []).findIndex((time, i) => i > 0 && time < times![i - 1]!)
      if (disorder >= 0)
        problem(
          context,
          ['trace', 'times', disorder],
          `expected a time of at least ${times![disorder - 1]}, got ${times![disorder]}`,
          'Sort the times.',
        )
      return { kind, times: times! }
    }
    default:
      return { kind, ...(params as object) } as WrittenArrivals
  }
})

export type ProfileInput = {
  /** Multiplies the rate by 1 + amplitude sin(2 pi t / period + phase). */
  diurnal?: { amplitude: number; period: Quantity; phase?: number | undefined } | undefined
}

export const profile: z.ZodType<Profile, ProfileInput> = oneOf(
  'a profile',
  {
    diurnal: noun('a diurnal profile', {
      amplitude: number({ min: 0, max: 1 }).describe(
        '0 to 1: 0.5 moves the rate between half and one and a half.',
      ),
      period: positiveDuration,
      phase: number({}).optional().describe('Radians; default 0.'),
    })
      .optional()
      .describe('Multiplies the rate by 1 + amplitude sin(2 pi t / period + phase).'),
  },
  { planned: ['steps', 'spike', 'ramp'] },
).transform((written): Profile => {
  const { amplitude, period, phase } = written.diurnal!
  return { kind: 'diurnal', amplitude, period, phase: phase ?? 0 }
})
