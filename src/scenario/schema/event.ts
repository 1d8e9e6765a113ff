/** Events: what happens to the system during the run. The first field names the kind and the target. */
import { z } from 'zod'
import { nearest } from '../../policies/nearest.ts'
import { show } from '../path.ts'
import type { ScenarioEvent, Spells } from '../types.ts'
import {
  type Context,
  choice,
  duration,
  fraction,
  noun,
  number,
  positiveDuration,
  problem,
  type Quantity,
  say,
  text,
} from './common.ts'
import { type DistributionInput, durationDistribution } from './distribution.ts'

/** `at`: seconds from the start. `for`: default to the end of the run. */
type Timed = { at: Quantity; for?: Quantity | undefined }

/** Length of a spell, and the time between two. */
type SpellsInput = { for: DistributionInput<Quantity>; gap: DistributionInput<Quantity> }

export type EventInput =
  /** A service or a slot `web/2`. `drain` (default) takes it out of rotation, `crash` also fails what is in it. */
  | ({ outage: string; mode?: 'drain' | 'crash' | undefined } & Timed)
  /** A link: `edge->web` or its name. */
  | ({ latency: string; add: Quantity } & Timed)
  | ({ loss: string; add: Quantity } & Timed)
  /** A workload; its rate is multiplied. */
  | {
      surge: string
      factor: number
      at?: Quantity | undefined
      for?: Quantity | undefined
      spells?: SpellsInput | undefined
      precursor?:
        | {
            factor?: number | undefined
            lead: DistributionInput<Quantity>
            falseAlarms?: Quantity | undefined
          }
        | undefined
    }
  /** A service: so many replicas are lost (-2), or all but a share of those that are available. */
  | ({
      capacity: string
      replicas?: number | undefined
      factor?: Quantity | undefined
      mode?: 'drain' | 'crash' | undefined
    } & Timed)
  /** A database; its queries fail with probability `rate`. */
  | ({ fail: string; rate?: Quantity | undefined } & Timed)
  /** A cache; it loses every entry. */
  | { flush: string; at: Quantity }
  /** A service, a slot or a database; its speed is divided by the factor. */
  | {
      slow: string
      factor: number
      at?: Quantity | undefined
      for?: Quantity | undefined
      spells?: SpellsInput | undefined
    }

const at = duration.describe('Seconds from the start.')
const lasting = positiveDuration.optional().describe('Default: to the end of the run.')
const time = { at, for: lasting }
const until = (given: { at: number; for?: number | undefined }): number =>
  given.at + (given.for ?? Number.POSITIVE_INFINITY)
const place = text(
  'a service or one of its slots',
  /^[A-Za-z][\w-]*(\/\d+)?$/,
  'Write a name such as web, or a slot such as web/2.',
)

function slotOf(target: string): { service: string; slot?: number } {
  const [service = '', slot] = target.split('/')
  return slot === undefined ? { service } : { service, slot: Number(slot) }
}

const outage = noun('an outage', {
  outage: place.describe('A service, one slot: web/2, or a database (mode: crash).'),
  mode: choice(['drain', 'crash'])
    .optional()
    .describe('drain (default) takes it out of rotation; crash also fails what is in it.'),
  ...time,
}).transform(
  (e): ScenarioEvent => ({
    kind: 'outage',
    ...slotOf(e.outage),
    mode: e.mode ?? 'drain',
    at: e.at,
    until: until(e),
  }),
)

const linkName = text('the name of a link').describe('A link: edge->web, or its name.')

const latency = noun('a latency event', {
  latency: linkName,
  add: duration.describe('Added to every message sent meanwhile.'),
  ...time,
}).transform(
  (e): ScenarioEvent => ({ kind: 'latency', link: e.latency, add: e.add, at: e.at, until: until(e) }),
)

const loss = noun('a loss event', {
  loss: linkName,
  add: fraction.describe('Probability of loss that comes on top: of what was not lost otherwise.'),
  ...time,
}).transform((e): ScenarioEvent => ({ kind: 'loss', link: e.loss, add: e.add, at: e.at, until: until(e) }))

const spells = noun('spells', {
  for: durationDistribution.describe('Length of a spell.'),
  gap: durationDistribution.describe('Between two spells.'),
}).describe('Comes and goes, on each replica (or at the database) by itself.')

const surge = noun('a surge', {
  surge: text('the name of a workload').describe('A workload.'),
  factor: number().describe('Multiplies the rate.'),
  at: at.optional(),
  for: lasting,
  spells: spells.describe('Comes and goes.').optional(),
  precursor: noun('a precursor', {
    factor: number().optional().describe('What the rate has risen to when the surge begins; default 1.3.'),
    lead: durationDistribution.describe('How long it rises before a surge.'),
    falseAlarms: fraction.optional().describe('Share of the rises that no surge follows; default 0.'),
  })
    .optional()
    .describe('The rate rises before each surge, in 32 equal steps. Default: surges come unannounced.'),
}).transform((e, context): ScenarioEvent => {
  if (e.at === undefined && e.spells === undefined)
    problem(context, ['at'], 'missing field "at"', 'Say when, or give spells.')
  const start = e.at ?? 0
  return {
    kind: 'surge',
    workload: e.surge,
    factor: e.factor,
    at: start,
    until: until({ at: start, for: e.for }),
    ...spellsOf(e.spells, context),
    ...(e.precursor === undefined
      ? {}
      : {
          precursor: {
            factor: e.precursor.factor ?? 1.3,
            lead: e.precursor.lead,
            falseAlarms: e.precursor.falseAlarms ?? 0,
          },
        }),
  }
})

const capacity = noun('a loss of capacity', {
  capacity: text('the name of a service').describe('A service that loses replicas for a time.'),
  replicas: number({}).optional().describe('Replicas that are lost, as a negative number: -2.'),
  factor: fraction
    .optional()
    .describe('Or: the share that stays of the replicas that are available, rounded.'),
  mode: choice(['drain', 'crash'])
    .optional()
    .describe('crash (default) fails what is in them; drain takes them out of rotation only.'),
  ...time,
}).transform((e, context): ScenarioEvent => {
  const { replicas, factor } = e
  if ((replicas === undefined) === (factor === undefined)) {
    const got = replicas === undefined ? 'neither' : 'both'
    problem(context, [], `expected replicas or factor, got ${got}`, 'Give one of the two.')
  } else if (replicas !== undefined && !(Number.isInteger(replicas) && replicas < 0))
    problem(context, ['replicas'], `expected a negative integer, got ${replicas}`, 'Write -2 to lose two.')
  return {
    kind: 'capacity',
    service: e.capacity,
    loss: replicas === undefined ? { factor: factor ?? 1 } : { replicas: -replicas },
    mode: e.mode ?? 'crash',
    at: e.at,
    until: until(e),
  }
})

const slow = noun('a slowdown', {
  slow: place.describe('A service, one slot: web/2, or a database.'),
  factor: number({ above: 0 }).describe('Divides the speed; multiplies the latencies of a database.'),
  at: at.optional(),
  for: lasting,
  spells: spells.optional(),
}).transform((e, context): ScenarioEvent => {
  if (e.at === undefined && e.spells === undefined)
    problem(context, ['at'], 'missing field "at"', 'Say when, or give spells.')
  const start = e.at ?? 0
  return {
    kind: 'slow',
    ...slotOf(e.slow),
    factor: e.factor,
    at: start,
    until: until({ at: start, for: e.for }),
    ...spellsOf(e.spells, context),
  }
})

function spellsOf(spells: Spells | undefined, context: Context): { spells?: Spells } {
  if (spells === undefined) return {}
  const zero = (['for', 'gap'] as const).filter(
    (part) => spells[part].kind === 'constant' && (spells[part] as { value: number }).value === 0,
  )
  for (const part of zero) problem(context, ['spells', part], 'expected a duration above 0, got 0')
  return { spells }
}

const fail = noun('a failure', {
  fail: text('the name of a database').describe('A database.'),
  rate: fraction.optional().describe('Probability that a query ends failed; default 1.'),
  ...time,
}).transform(
  (e): ScenarioEvent => ({ kind: 'fail', database: e.fail, rate: e.rate ?? 1, at: e.at, until: until(e) }),
)

const flush = noun('a flush', {
  flush: text('the name of a cache').describe('A cache, which forgets everything.'),
  at,
}).transform((e): ScenarioEvent => ({ kind: 'flush', cache: e.flush, at: e.at, until: e.at }))

const KINDS = { outage, latency, loss, surge, slow, fail, flush, capacity } as const
const PLANNED = ['error', 'partition', 'scale']

/** One schema by the first field, so that an error speaks of the event that was meant. */
export const event: z.ZodType<ScenarioEvent, EventInput> = z
  .looseObject(
    {},
    {
      error: (issue: { input?: unknown }) =>
        say(
          `expected an event (a mapping), got ${show(issue.input)}`,
          'Write e.g. { outage: web/2, at: 120s, for: 60s }.',
        ),
    },
  )
  .transform((written, context): ScenarioEvent => {
    const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[]
    const given = kinds.filter((kind) => Object.hasOwn(written, kind))
    if (given.length !== 1) {
      if (given.length > 1)
        problem(
          context,
          [],
          `expected one kind of event, got ${given.join(' and ')}`,
          'Write one event for each.',
        )
      else noKind(Object.keys(written), kinds, context)
      return z.NEVER
    }
    const result = KINDS[given[0]!].safeParse(written, { reportInput: true })
    if (result.success) return result.data
    for (const issue of result.error.issues) context.issues.push({ ...issue, continue: false } as never)
    return z.NEVER
  }) as unknown as z.ZodType<ScenarioEvent, EventInput>

function noKind(fields: readonly string[], kinds: readonly string[], context: Context): void {
  const later = fields.find((field) => PLANNED.includes(field))
  if (later !== undefined) {
    problem(context, [later], `this version does not support "${later}" in an event yet`, 'Remove the event.')
    return
  }
  const near = fields
    .map((field) => [field, nearest(field, kinds)] as const)
    .find(([, meant]) => meant !== undefined)
  if (near !== undefined)
    problem(context, [near[0]], `unknown field ${show(near[0])}`, `Did you mean "${near[1]}"?`)
  else
    problem(
      context,
      [],
      `expected an event with one of ${kinds.join(', ')}, got ${fields.length === 0 ? 'none' : fields.join(', ')}`,
      'Write e.g. { outage: web/2, at: 120s, for: 60s }.',
    )
}

/** The forms of an event, for the JSON Schema. */
export const eventForms: readonly z.ZodType[] = Object.values(KINDS)
