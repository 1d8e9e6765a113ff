/** Keys: what a request is about (an item of a cache, a shard), as numbers with a popularity. */
import { z } from 'zod'
import { show } from '../path.ts'
import type { Key } from '../types.ts'
import { integer, listOf, noun, number, oneOf, only, problem, say, text } from './common.ts'

/** More keys would take more than 80 MB of tables. */
export const MAX_KEYS = 10_000_000

export type KeyInput =
  /** Always the same key. */
  | string
  | number
  /** Key k = 0, 1, ..., n - 1 with probability proportional to (k + 1)^-s. */
  | { zipf?: { n: number; s: number } | undefined }
  | { uniform?: { n: number } | undefined }
  /** Recorded: request i of the workload asks for key i. */
  | { trace?: { file?: string | undefined; values?: (string | number)[] | undefined } | undefined }

const n = integer(1, MAX_KEYS).describe('Number of keys, at most 10 million.')

const recorded: z.ZodType<string | number, string | number> = z.union(
  [integer(0, 0x7fffffff), text('a key')],
  {
    error: (issue: { input?: unknown }) =>
      say(`expected a key, got ${show(issue.input)}`, 'Write a text, or a whole number from 0.'),
  },
)

const drawn = oneOf('a key', {
  zipf: noun('zipf', {
    n,
    s: number().describe('Exponent; 0 is uniform, web traffic is near 0.8 to 1.'),
  })
    .optional()
    .describe('Key k = 0 to n - 1 with probability proportional to (k + 1)^-s.'),
  uniform: noun('uniform keys', { n }).optional().describe('Every key equally often.'),
  trace: noun('recorded keys', {
    file: text('a file name').optional().describe('One key a line: a whole number from 0, or a text.'),
    values: listOf(recorded, 'keys').optional().describe('The same within the scenario.'),
  })
    .optional()
    .describe('Request i of the workload asks for key i; after the last, from the first again.'),
}).transform((written, context): Key => {
  const [kind, params] = only(written)
  if (kind === 'trace') {
    const { file, values } = params as { file?: string; values?: (string | number)[] }
    if ((file === undefined) === (values === undefined))
      problem(
        context,
        ['trace'],
        `expected file or values, got ${file === undefined ? 'neither' : 'both'}`,
        'Give one of the two.',
      )
    else if (values?.length === 0)
      problem(context, ['trace', 'values'], 'expected at least one key, got none', 'Give some.')
    return { kind, values: values ?? [0], ...(file === undefined ? {} : { file }) }
  }
  return { kind, ...(params as { n: number; s: number }) } as Key
})

export const key: z.ZodType<Key, KeyInput> = z.union(
  [
    integer(0, 0x7fffffff).transform((value): Key => ({ kind: 'fixed', value })),
    text('a key').transform((value): Key => ({ kind: 'fixed', value })),
    drawn,
  ],
  {
    error: (issue: { input?: unknown }) =>
      say(
        `expected a key, got ${show(issue.input)}`,
        'Write { zipf: { n: 100000, s: 0.9 } }, { uniform: { n: 1000 } }, { trace: { file: keys.txt } }, a text, or a whole number from 0.',
      ),
  },
) as unknown as z.ZodType<Key, KeyInput>
