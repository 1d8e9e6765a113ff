/** A policy by name, or as a one-key mapping from its name to its parameters. */
import { z } from 'zod'
import { show } from '../path.ts'
import type { PolicySpec } from '../types.ts'
import { either, problem, say, text } from './common.ts'

export type PolicyInput = string | Record<string, Record<string, unknown> | null>

/** The names appear in the JSON Schema only: whether a policy exists is checked where its parameters are. */
export function policy(kind: string, names: readonly string[]): z.ZodType<PolicySpec, PolicyInput> {
  const byName = text('the name of a policy')
    .meta({ examples: [...names] })
    .transform((name): PolicySpec => ({ name, params: {} }))
  const params = z.record(z.string(), z.unknown(), {
    error: (issue: { input?: unknown }) =>
      say(
        `expected the parameters of the policy (a mapping), got ${show(issue.input)}`,
        'Write {} where there are none.',
      ),
  })
  const withParams = z
    .record(z.string(), z.union([params, z.null()]))
    .transform((written, context): PolicySpec => {
      const entries = Object.entries(written)
      if (entries.length !== 1) {
        problem(context, [], `expected one policy, got ${entries.length}`, 'Write { name: { parameters } }.')
        return z.NEVER
      }
      const [name, params] = entries[0]!
      return { name, params: params ?? {} }
    })
    .meta({ minProperties: 1, maxProperties: 1 })
  return either(byName, withParams, `a ${kind} policy`, `Write its name, or { name: { parameters } }.`)
}
