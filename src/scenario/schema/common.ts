/**
 * The words that the schemas of the nouns are made of. A message is `what` or `what\nhint`;
 * `problems.ts` takes it apart.
 */
import { z } from 'zod'
import { nearest } from '../../policies/nearest.ts'
import { type Path, show } from '../path.ts'
import { DIMENSIONS, type Dimension, parseQuantity, quantityPattern } from '../units.ts'

export const NAME: RegExp = /^[A-Za-z][\w-]*$/
/** Endpoints may be written as URL paths. */
export const ENDPOINT_NAME: RegExp = /^[A-Za-z/][\w./-]*$/
/** Slots of one service: more is a typing mistake. */
export const MAX_REPLICAS = 10_000

/** Stops a value without a message of its own. */
export const SILENT = ' '

export type Quantity = number | string

export function say(what: string, hint?: string): string {
  return hint === undefined ? what : `${what}\n${hint}`
}

type Raw = { readonly input?: unknown; readonly code?: string | undefined }

/** The part of zod's context that a check needs. */
export type Context = { readonly issues: unknown[] }

/** Notes a problem at a path below the checked value. */
export function problem(context: Context, path: Path, what: string, hint?: string): void {
  context.issues.push({ code: 'custom', message: say(what, hint), path: [...path], input: undefined })
}

export type Bounds = {
  readonly min?: number
  /** Above, not equal to. */
  readonly above?: number
  readonly max?: number
}

/** A number in SI units or a text with a unit. Without bounds it is at least 0, a fraction also at most 1. */
export function quantity(dimension: Dimension, bounds: Bounds = {}): z.ZodType<number, Quantity> {
  const { article, examples, si } = DIMENSIONS[dimension]
  const limits: Bounds = {
    ...(bounds.above === undefined ? { min: 0 } : {}),
    ...(dimension === 'fraction' ? { max: 1 } : {}),
    ...bounds,
  }
  const json = {
    ...(limits.min === undefined ? {} : { minimum: limits.min }),
    ...(limits.above === undefined ? {} : { exclusiveMinimum: limits.above }),
    ...(limits.max === undefined ? {} : { maximum: limits.max }),
  }
  const hint =
    dimension === 'fraction'
      ? `Write a number from 0 to 1 or a percentage such as ${examples[0]}.`
      : `Write ${si} or a text such as ${examples[0]}.`
  return z
    .union(
      [
        z.number().meta(json),
        z.string().meta({ pattern: quantityPattern(dimension), examples: [...examples] }),
      ],
      {
        error: (issue: Raw) => say(`expected ${article}, got ${show(issue.input)}`, hint),
      },
    )
    .transform((written, context) => {
      const parsed = typeof written === 'number' ? { value: written } : parseQuantity(written, dimension)
      if ('what' in parsed) {
        problem(context, [], parsed.what, parsed.hint)
        return z.NEVER
      }
      const wrong = outside(parsed.value, limits)
      if (wrong !== undefined) problem(context, [], `expected ${article} ${wrong}, got ${show(written)}`)
      return parsed.value
    })
}

/** What the bounds ask for where the value does not keep them. */
function outside(value: number, { min, above, max }: Bounds): string | undefined {
  if (above !== undefined && !(value > above)) return `above ${above}`
  if (min !== undefined && !(value >= min)) return `of at least ${min}`
  if (max !== undefined && !(value <= max)) return `of at most ${max}`
  return undefined
}

export const duration: z.ZodType<number, Quantity> = quantity('duration').meta({ id: 'Duration' })
export const positiveDuration: z.ZodType<number, Quantity> = quantity('duration', { above: 0 }).meta({
  id: 'PositiveDuration',
})
export const size: z.ZodType<number, Quantity> = quantity('size').meta({ id: 'Size' })
export const rate: z.ZodType<number, Quantity> = quantity('rate').meta({ id: 'Rate' })
export const fraction: z.ZodType<number, Quantity> = quantity('fraction').meta({ id: 'Fraction' })

/** A finite number without unit. */
export function number(bounds: Bounds = { min: 0 }): z.ZodType<number, number> {
  const json = {
    ...(bounds.min === undefined ? {} : { minimum: bounds.min }),
    ...(bounds.above === undefined ? {} : { exclusiveMinimum: bounds.above }),
    ...(bounds.max === undefined ? {} : { maximum: bounds.max }),
  }
  return z
    .number({ error: (issue: Raw) => notNumeric('a number', issue.input) })
    .transform((value, context) => {
      const wrong = outside(value, bounds)
      if (wrong !== undefined) problem(context, [], `expected a number ${wrong}, got ${value}`)
      return value
    })
    .meta(json)
}

export function integer(min: number, max: number): z.ZodType<number, number> {
  return z
    .number({ error: (issue: Raw) => notNumeric('an integer', issue.input) })
    .transform((value, context) => {
      if (!Number.isInteger(value) || value < min) {
        problem(
          context,
          [],
          `expected an integer of at least ${min}, got ${value}`,
          value < min ? `Give at least ${min}.` : 'Give a whole number.',
        )
      } else if (value > max)
        problem(context, [], `expected an integer of at most ${max}, got ${value}`, `Give at most ${max}.`)
      return value
    })
    .meta({ type: 'integer', minimum: min, maximum: max })
}

function notNumeric(kind: string, input: unknown): string {
  const quoted = typeof input === 'string' && input.trim() !== '' && Number.isFinite(Number(input))
  return say(`expected ${kind}, got ${show(input)}`, quoted ? 'Write it without quotes.' : `Give ${kind}.`)
}

export function text(kind: string, pattern?: RegExp, rule?: string): z.ZodType<string, string> {
  const base = z.string({
    error: (issue: Raw) => say(`expected ${kind}, got ${show(issue.input)}`, `Write ${kind}.`),
  })
  return pattern === undefined
    ? base
    : base.regex(pattern, { error: (issue: Raw) => say(`${show(issue.input)} is not ${kind}`, rule) })
}

const NAME_RULE = 'Names begin with a letter and hold letters, digits, _ and -.'
export const name: z.ZodType<string, string> = text('a name', NAME, NAME_RULE)
/** A mapping's key; the error text of a bad one. */
export const key: z.ZodString = z
  .string()
  .regex(NAME, { error: (issue: Raw) => say(`${show(issue.input)} is not a name`, NAME_RULE) })
export const endpointName: z.ZodString = z.string().regex(ENDPOINT_NAME, {
  error: (issue: Raw) =>
    say(
      `${show(issue.input)} is not the name of an endpoint`,
      'Begin with a letter or a slash; letters, digits, _ - . and / may follow.',
    ),
})

export function flag(): z.ZodType<boolean, boolean> {
  return z.boolean({
    error: (issue: Raw) => say(`expected true or false, got ${show(issue.input)}`, 'Write true or false.'),
  })
}

export function choice<const T extends string>(options: readonly T[]): z.ZodType<T, T> {
  return z.enum(options as readonly [T, ...T[]], {
    error: (issue: Raw) => {
      const meant = typeof issue.input === 'string' ? nearest(issue.input, options) : undefined
      return say(
        `expected ${options.join(' or ')}, got ${show(issue.input)}`,
        meant === undefined ? `Choose one of ${options.join(', ')}.` : `Did you mean "${meant}"?`,
      )
    },
  }) as unknown as z.ZodType<T, T>
}

/** What is known about the fields of a noun: for "did you mean" and "not yet". */
export type Vocabulary = {
  readonly title: string
  readonly fields: readonly string[]
  readonly planned: readonly string[]
}

const vocabularies = new Map<string, Vocabulary>()
const MARK = 'fields of '

/** The vocabulary that the message of an `unrecognized_keys` issue names. */
export function vocabularyOf(message: string): Vocabulary | undefined {
  return message.startsWith(MARK) ? vocabularies.get(message.slice(MARK.length)) : undefined
}

type NounOptions = {
  /** Fields that a later version will understand; refused with exactly that message. */
  readonly planned?: readonly string[]
}

/** A mapping with known fields and no others. `title` names it in errors, e.g. `a service`. */
export function noun<T extends z.core.$ZodLooseShape>(
  title: string,
  shape: T,
  options: NounOptions = {},
): z.ZodObject<T, z.core.$strict> {
  vocabularies.set(title, { title, fields: Object.keys(shape), planned: options.planned ?? [] })
  return z.strictObject(shape, {
    error: (issue: Raw) =>
      issue.code === 'unrecognized_keys'
        ? `${MARK}${title}`
        : say(
            `expected ${title} (a mapping), got ${show(issue.input)}`,
            `Its fields are ${Object.keys(shape).join(', ')}.`,
          ),
  })
}

/** A mapping with exactly one of the fields: `{ exponential: { mean: 20ms } }`. */
export function oneOf<T extends z.core.$ZodLooseShape>(
  title: string,
  shape: T,
  options: NounOptions = {},
): z.ZodObject<T, z.core.$strict> {
  const names = Object.keys(shape)
  return noun(title, shape, options)
    .check((context) => {
      const given = Object.keys(context.value as object)
      if (given.length === 1) return
      // An unknown field was reported and is probably the one that was meant: stop without a word.
      if (context.issues.length > 0) problem(context, [], SILENT)
      else
        problem(
          context,
          [],
          `expected ${title} with exactly one field, got ${given.length === 0 ? 'none' : given.join(' and ')}`,
          `Choose one of ${names.join(', ')}.`,
        )
    })
    .meta({ minProperties: 1, maxProperties: 1 }) as z.ZodObject<T, z.core.$strict>
}

/** The one entry of what `oneOf` accepted. */
export function only<T extends object>(
  value: T,
): { [K in keyof T & string]: [K, Exclude<T[K], undefined>] }[keyof T & string] {
  return Object.entries(value)[0] as never
}

export function listOf<O, I>(item: z.ZodType<O, I>, title: string): z.ZodType<O[], I[]> {
  return z.array(item, {
    error: (issue: Raw) =>
      say(
        `expected a list of ${title}, got ${show(issue.input)}`,
        'Write a list: one "- " line each, or [a, b].',
      ),
  })
}

/** A mapping from names to values. */
export function mapOf<O, I>(
  item: z.ZodType<O, I>,
  title: string,
  keys: z.ZodString = key,
): z.ZodType<Record<string, O>, Record<string, I>> {
  return z.record(keys, item, {
    error: (issue: Raw) =>
      say(
        `expected a mapping from names to ${title}, got ${show(issue.input)}`,
        `Write one "name: …" entry for each.`,
      ),
  })
}

/** One of several forms that differ in type; `expected` says which. */
export function either<A, AI, B, BI>(
  first: z.ZodType<A, AI>,
  second: z.ZodType<B, BI>,
  expected: string,
  hint: string,
): z.ZodType<A | B, AI | BI> {
  return z.union([first, second], {
    error: (issue: Raw) => say(`expected ${expected}, got ${show(issue.input)}`, hint),
  })
}
