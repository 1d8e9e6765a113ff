/** A recorded run of AsyncFlow: every number that was drawn for each request, and what came of it. */
import { z } from 'zod'
import { ConfigError } from '../../src/errors.ts'

/** After so many the rest is more of the same. */
const MAX_PROBLEMS = 5

export type Trace = {
  /** In AsyncFlow's own format. */
  readonly scenario: Readonly<Record<string, unknown>>
  readonly requests: readonly {
    readonly id: number
    /** Seconds. */
    readonly start: number
    /** By edge: the latency drawn, without spikes; null where the message was dropped. */
    readonly edges: Readonly<Record<string, number | null>>
    /** By server: the index of the endpoint drawn. */
    readonly endpoint: Readonly<Record<string, number>>
    /** Seconds; null where the request did not complete. */
    readonly finish: number | null
  }[]
  /** Ids, in the order in which the requests completed. */
  readonly completion_order: readonly number[]
  /** By metric and component; sample i was taken after i + 1 periods. */
  readonly sampled: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>
}

const traceSchema: z.ZodType<Trace> = z.object({
  scenario: z.record(z.string(), z.unknown()),
  requests: z.array(
    z.object({
      id: z.number().int(),
      start: z.number().min(0),
      edges: z.record(z.string(), z.number().min(0).nullable()),
      endpoint: z.record(z.string(), z.number().int().min(0)),
      finish: z.number().nullable(),
    }),
  ),
  completion_order: z.array(z.number().int()),
  sampled: z.record(z.string(), z.record(z.string(), z.array(z.number()))),
})

/** @throws ConfigError when the text is no such trace. */
export function parseTrace(text: string, file: string): Trace {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ConfigError([
      { what: `not JSON: ${error instanceof Error ? error.message : error}`, path: '', file },
    ])
  }
  const parsed = traceSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, MAX_PROBLEMS)
  throw new ConfigError(
    issues.map(({ path, message }) => ({
      what: `not a recorded AsyncFlow run: ${message}`,
      path: path.join('.'),
      file,
    })),
  )
}
