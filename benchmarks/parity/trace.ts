/** A recorded run of AsyncFlow: every number that was drawn for each request, and what came of it. */
import { z } from 'zod'
import { ConfigError } from '../../src/errors.ts'

/** After so many the rest is more of the same. */
const MAX_PROBLEMS = 5

const finite = z.number()

const traceSchema = z.object({
  /** In AsyncFlow's own format. */
  scenario: z.record(z.string(), z.unknown()),
  requests: z.array(
    z.object({
      id: z.number().int(),
      /** Seconds. */
      start: finite.min(0),
      /** By edge: the latency drawn, without spikes; null where the message was dropped. */
      edges: z.record(z.string(), finite.min(0).nullable()),
      /** By server: the index of the endpoint drawn. */
      endpoint: z.record(z.string(), z.number().int().min(0)),
      /** Seconds; null where the request did not complete. */
      finish: finite.nullable(),
    }),
  ),
  /** Ids, in the order in which the requests completed. */
  completion_order: z.array(z.number().int()),
  /** By metric and component; sample i was taken after i + 1 periods. */
  sampled: z.record(z.string(), z.record(z.string(), z.array(finite))),
})

export type Trace = z.infer<typeof traceSchema>

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
