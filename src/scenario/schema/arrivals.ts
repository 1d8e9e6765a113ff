/** How requests of a workload begin, and how their rate moves. */
import { z } from 'zod'
import type { Arrivals, Distribution, RatePoint, SimpleProfile } from '../types.ts'
import {
  type Context,
  choice,
  duration,
  flag,
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
  /** Default times. */
  format?: 'times' | 'azure2019' | 'azure2021' | undefined
  /** Of an Azure file: the hash of one function. */
  function?: string | undefined
  /** Of azure2019: exactly the counts of the file; default: Poisson arrivals of that rate. */
  exact?: boolean | undefined
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
  /** Poisson whose rate follows a Markov chain: one rate per state; `holding` are the mean times in the states, visited in turn. */
  mmpp?:
    | { rates: Quantity[]; holding?: Quantity[] | undefined; switching?: Quantity[][] | undefined }
    | undefined
  /** Users come at `rate`, send several requests one after the other, and leave. */
  sessions?:
    | { rate: Quantity; requests: DistributionInput<number>; think: DistributionInput<Quantity> }
    | undefined
  /** n users, each waits for its answer and then thinks. */
  closed?: { users: number; think: DistributionInput<Quantity> } | undefined
  trace?: TraceInput | undefined
}

/** Arrivals as written: a trace may still be a reference to a file. */
export type WrittenArrivals =
  | Exclude<Arrivals, { kind: 'trace' }>
  | {
      readonly kind: 'traceFile'
      readonly file: string
      readonly format: 'times' | 'azure2019' | 'azure2021'
      readonly function?: string | undefined
      readonly exact?: boolean | undefined
    }
  | { readonly kind: 'trace'; readonly times: readonly number[] }

const perSecond = rate.describe('Requests per second.')

export const arrivals: z.ZodType<WrittenArrivals, ArrivalsInput> = oneOf(
  'arrivals',
  {
    poisson: noun('poisson arrivals', { rate: perSecond }).optional().describe('Independent arrivals.'),
    deterministic: noun('deterministic arrivals', { rate: perSecond }).optional().describe('Equal gaps.'),
    gamma: noun('gamma arrivals', {
      rate: perSecond,
      cv: number({ above: 0 }).describe('Coefficient of variation of the gaps; 1 is Poisson.'),
    })
      .optional()
      .describe('Gamma-distributed gaps.'),
    users: noun('users', {
      users: countDistribution.describe('How many users are active, drawn anew for every window.'),
      perMinute: number().describe('Requests per minute of one user.'),
      window: positiveDuration.optional().describe('Default 60s.'),
    })
      .optional()
      .describe('Every window the number of users is drawn; arrivals are Poisson of that rate.'),
    mmpp: noun('mmpp arrivals', {
      rates: listOf(rate, 'rates').describe('Requests per second in each state.'),
      holding: listOf(positiveDuration, 'durations')
        .optional()
        .describe('Mean time in each state; the states follow each other in turn.'),
      switching: listOf(listOf(rate, 'rates'), 'rows of rates')
        .optional()
        .describe(
          'Instead of holding: rates from state i (row) to state j (column); the diagonal is ignored.',
        ),
    })
      .optional()
      .describe('Poisson arrivals whose rate follows a Markov chain, which begins in equilibrium.'),
    sessions: noun('sessions', {
      rate: rate.describe('New users per second.'),
      requests: countDistribution.describe('Requests of one user, rounded, at least 1.'),
      think: durationDistribution.describe('From an answer to the next request of the user.'),
    })
      .optional()
      .describe('Users who come, send several requests one after the other, and leave.'),
    closed: noun('closed users', {
      users: integer(0, 1_000_000).describe('How many there are.'),
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
      format: choice(['times', 'azure2019', 'azure2021'])
        .optional()
        .describe(
          'Of the file. azure2019: invocations per minute of a day, Poisson within each minute unless exact; azure2021: single invocations with their durations, from the first on. Default times.',
        ),
      function: text('the hash of a function')
        .optional()
        .describe('Of an Azure file: only this one. Default: all.'),
      exact: flag()
        .optional()
        .describe(
          'Of azure2019: exactly as many arrivals in each minute as the file says, at uniform instants of it; default false: Poisson arrivals of that rate.',
        ),
      times: listOf(duration, 'times').optional().describe('Send times in seconds, non-decreasing.'),
    })
      .optional()
      .describe('Recorded send times.'),
  },
  { planned: ['pareto', 'onOff', 'batch'] },
).transform((written, context): WrittenArrivals => {
  const [kind, params] = only(written)
  switch (kind) {
    case 'mmpp':
      return readMmpp(params as MmppParams, context)
    case 'users': {
      const { users, perMinute, window } = params as {
        users: Distribution
        perMinute: number
        window?: number
      }
      return { kind, users, perMinute, window: window ?? 60 }
    }
    case 'trace': {
      const {
        file,
        times,
        format,
        function: name,
        exact,
      } = params as {
        file?: string
        times?: number[]
        format?: 'times' | 'azure2019' | 'azure2021'
        function?: string
        exact?: boolean
      }
      if ((file === undefined) === (times === undefined)) {
        problem(
          context,
          ['trace'],
          `expected file or times, got ${file === undefined ? 'neither' : 'both'}`,
          'Give one of the two.',
        )
        return z.NEVER
      }
      if (exact !== undefined && format !== 'azure2019')
        problem(
          context,
          ['trace', 'exact'],
          'exact is of counts per minute, and this trace has single times',
          'Write format: azure2019, or remove it.',
        )
      if (file !== undefined)
        return { kind: 'traceFile', file, format: format ?? 'times', function: name, exact }
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

type MmppParams = { rates: number[]; holding?: number[]; switching?: number[][] }

/** Every state must be reachable from every other: else there is no equilibrium to begin in. */
function readMmpp({ rates, holding, switching }: MmppParams, context: Context): WrittenArrivals {
  const n = rates.length
  const refuse = (field: string, what: string, hint: string): WrittenArrivals => {
    problem(context, ['mmpp', field], what, hint)
    return z.NEVER
  }
  if (n < 2) return refuse('rates', `expected at least two rates, got ${n}`, 'Use poisson for one rate.')
  if ((holding === undefined) === (switching === undefined)) {
    const got = holding === undefined ? 'neither' : 'both'
    return refuse('holding', `expected holding or switching, got ${got}`, 'Give one of the two.')
  }
  const rows =
    switching ??
    holding!.map((time, i) => Array.from({ length: n }, (_, j) => (j === (i + 1) % n ? 1 / time : 0)))
  if (rows.length !== n || rows.some((row) => row.length !== n)) {
    const field = switching === undefined ? 'holding' : 'switching'
    const shape = switching === undefined ? `${n} times` : `${n} rows of ${n} rates`
    return refuse(field, `expected ${shape}, as there are ${n} rates`, 'Give one for each state.')
  }
  const stuck = rates.findIndex((_, i) => !reachesAll(rows, i))
  if (stuck >= 0) {
    return refuse(
      'switching',
      `state ${stuck} cannot reach every other state`,
      'Give a rate above 0 on the way.',
    )
  }
  return { kind: 'mmpp', rates, switching: rows }
}

function reachesAll(rows: readonly (readonly number[])[], from: number): boolean {
  const seen = new Set([from])
  for (const i of seen) rows[i]!.forEach((rate, j) => rate > 0 && seen.add(j))
  return seen.size === rows.length
}

export type ProfileInput = {
  /** Multiplies the rate by 1 + amplitude sin(2 pi t / period + phase). */
  diurnal?: { amplitude: number; period: Quantity; phase?: number | undefined } | undefined
  /** Factors from a time on: `[[0s, 1], [10min, 2.5]]`. */
  steps?: { at: [Quantity, number][]; period?: Quantity | undefined } | undefined
  /** Linear from one factor to another. */
  ramp?: { from?: number | undefined; to: number; start: Quantity; end: Quantity } | undefined
  /** A flash crowd: up to `factor` within `rise`, there for `hold`, back to 1 within `decay`. */
  spike?:
    | {
        factor: number
        at: Quantity
        rise?: Quantity | undefined
        hold?: Quantity | undefined
        decay?: Quantity | undefined
      }
    | undefined
  /** A recorded curve of factors, one per interval. */
  rates?:
    | { values: number[]; interval: Quantity; smooth?: boolean | undefined; repeat?: boolean | undefined }
    | undefined
}

const factor = number()

const stepAt = z
  .array(z.unknown())
  .transform((pair, context): [number, number] => {
    const time = duration.safeParse(pair[0])
    const value = factor.safeParse(pair[1])
    if (pair.length === 2 && time.success && value.success) return [time.data, value.data]
    problem(context, [], 'expected a pair of a time and a factor', 'Write e.g. [10min, 2.5].')
    return z.NEVER
  })
  .meta({ description: 'A time and the factor from then on.' }) as unknown as z.ZodType<
  [number, number],
  [Quantity, number]
>

export const profile: z.ZodType<SimpleProfile, ProfileInput> = oneOf(
  'a profile',
  {
    diurnal: noun('a diurnal profile', {
      amplitude: number({ min: 0, max: 1 }).describe(
        '0 to 1: 0.5 moves the rate between half and one and a half.',
      ),
      period: positiveDuration.describe('Length of a day.'),
      phase: number({}).optional().describe('Radians; default 0.'),
    })
      .optional()
      .describe('Multiplies the rate by 1 + amplitude sin(2 pi t / period + phase).'),
    steps: noun('steps', {
      at: listOf(stepAt, 'pairs of a time and a factor').describe('The factor is 1 before the first time.'),
      period: positiveDuration.optional().describe('Repeats them. Default: the last factor stays.'),
    })
      .optional()
      .describe('Factors that jump at given times.'),
    ramp: noun('a ramp', {
      from: factor.optional().describe('Factor before; default 1.'),
      to: factor.describe('Factor after.'),
      start: duration.describe('When it begins to move.'),
      end: positiveDuration.describe('When it has arrived.'),
    })
      .optional()
      .describe('A factor that moves linearly.'),
    spike: noun('a spike', {
      factor: factor.describe('Of the plateau.'),
      at: duration.describe('When it begins to rise.'),
      rise: duration.optional().describe('Default 0.'),
      hold: duration.optional().describe('Length of the plateau; default 60s.'),
      decay: duration.optional().describe('Back to 1; default 0.'),
    })
      .optional()
      .describe('A flash crowd: rise, plateau and decay, all linear.'),
    rates: noun('recorded rates', {
      values: listOf(factor, 'factors').describe('One per interval; with a rate of 1/s they are rates.'),
      interval: positiveDuration.describe('Between two values.'),
      smooth: flag()
        .optional()
        .describe('Linear between the middles of the intervals. Default false: constant within each.'),
      repeat: flag().optional().describe('Begins again after the last. Default false: the last one stays.'),
    })
      .optional()
      .describe('A recorded curve.'),
  },
  {},
).transform((written, context): SimpleProfile => {
  const [kind, params] = only(written)
  switch (kind) {
    case 'diurnal': {
      const { amplitude, period, phase } = params as { amplitude: number; period: number; phase?: number }
      return { kind, amplitude, period, phase: phase ?? 0 }
    }
    case 'steps':
      return steps(params as Steps, context)
    case 'ramp': {
      const { from = 1, to, start, end } = params as { from?: number; to: number; start: number; end: number }
      if (end <= start) {
        problem(
          context,
          ['ramp', 'end'],
          `expected a time after the start at ${start}, got ${end}`,
          'End it later.',
        )
        return z.NEVER
      }
      return pieces([
        [0, from],
        [start, from],
        [end, to],
      ])
    }
    case 'spike': {
      const {
        factor,
        at,
        rise = 0,
        hold = 60,
        decay = 0,
      } = params as {
        factor: number
        at: number
        rise?: number
        hold?: number
        decay?: number
      }
      return pieces([
        [0, 1],
        [at, 1],
        [at + rise, factor],
        [at + rise + hold, factor],
        [at + rise + hold + decay, 1],
      ])
    }
    default:
      return recorded(params as Recorded, context)
  }
})

type Steps = { at: [number, number][]; period?: number }
type Recorded = { values: number[]; interval: number; smooth?: boolean; repeat?: boolean }

function steps({ at, period }: Steps, context: Context): SimpleProfile {
  const disorder = at.findIndex(([time], i) => i > 0 && time <= at[i - 1]![0])
  if (disorder >= 0 || at.length === 0) {
    const what =
      at.length === 0
        ? 'expected at least one step'
        : `expected a time after ${at[disorder - 1]![0]}, got ${at[disorder]![0]}`
    problem(context, ['steps', 'at', Math.max(0, disorder)], what, 'Sort the steps.')
    return z.NEVER
  }
  if (period !== undefined && at.at(-1)![0] >= period) {
    problem(
      context,
      ['steps', 'period'],
      `expected a period longer than the last step at ${at.at(-1)![0]}, got ${period}`,
      'Give a longer one.',
    )
    return z.NEVER
  }
  let before = 1
  const points = at.map(([time, after]) => {
    const point = { at: time, before, after }
    before = after
    return point
  })
  return { kind: 'pieces', points: fromZero(points), period: period ?? Number.POSITIVE_INFINITY }
}

/** Straight lines through the points; two at one time are a jump. */
function pieces(lines: readonly (readonly [number, number])[]): SimpleProfile {
  const points: RatePoint[] = []
  for (const [at, value] of lines) {
    const last = points.at(-1)
    if (last?.at === at) points[points.length - 1] = { ...last, after: value }
    else points.push({ at, before: value, after: value })
  }
  return { kind: 'pieces', points, period: Number.POSITIVE_INFINITY }
}

function recorded({ values, interval, smooth, repeat }: Recorded, context: Context): SimpleProfile {
  if (values.length === 0) {
    problem(context, ['rates', 'values'], 'expected at least one factor, got none', 'Give the curve.')
    return z.NEVER
  }
  const period = repeat === true ? values.length * interval : Number.POSITIVE_INFINITY
  if (smooth === true) {
    const middles = values.map(
      (value, i): RatePoint => ({ at: (i + 0.5) * interval, before: value, after: value }),
    )
    const edge = repeat === true ? (values[0]! + values.at(-1)!) / 2 : values[0]!
    const ends = repeat === true ? [{ at: period, before: edge, after: edge }] : []
    return { kind: 'pieces', points: [{ at: 0, before: edge, after: edge }, ...middles, ...ends], period }
  }
  const points = values.map(
    (value, i): RatePoint => ({ at: i * interval, before: values[i - 1] ?? value, after: value }),
  )
  return { kind: 'pieces', points, period }
}

function fromZero(points: readonly RatePoint[]): RatePoint[] {
  const first = points[0]!
  return first.at === 0 ? [...points] : [{ at: 0, before: first.before, after: first.before }, ...points]
}
