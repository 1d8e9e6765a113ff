/** Service level objectives: `p95 < 250ms`, `mean < 1s`, `errors < 0.1%`, `throughput > 100/s`. */
import { z } from 'zod'
import type { Slo } from '../types.ts'
import { parseQuantity } from '../units.ts'
import { problem, text } from './common.ts'

const ENTRY = /^\s*([a-zA-Z]+)([\d.]*)\s*([<>])\s*(\S.*?)\s*$/
const HINT = 'Write e.g. "p95 < 250ms", "mean < 1s", "errors < 0.1%" or "throughput > 100/s".'
/** What each metric but the quantiles is measured in. */
const DIMENSION_OF = { mean: 'duration', errors: 'fraction', throughput: 'rate' } as const

export type ParsedSlo = Slo | { readonly what: string; readonly hint: string }

/** p50, p95, p99.9; p999 is the same: of three digits and more, the first two are percent, the others follow the point. */
function quantileOf(digits: string): number | undefined {
  const match = /^(?:(\d{1,2})(?:\.(\d+))?|(9\d)(\d+))$/.exec(digits)
  if (match === null) return undefined
  const quantile = Number(`${match[1] ?? match[3]}.${match[2] ?? match[4] ?? '0'}e-2`)
  return quantile > 0 && quantile < 1 ? quantile : undefined
}

export function parseSlo(written: string): ParsedSlo {
  const match = ENTRY.exec(written)
  const what = `expected an objective, got ${JSON.stringify(written)}`
  if (match === null) return { what, hint: HINT }
  const [, metric = '', digits = '', sign = '', bound = ''] = match
  const quantile = metric === 'p' ? quantileOf(digits) : undefined
  const kind =
    digits === '' && Object.hasOwn(DIMENSION_OF, metric) ? (metric as keyof typeof DIMENSION_OF) : undefined
  if (quantile === undefined && kind === undefined) {
    return { what: `unknown metric "${metric}${digits}" in ${JSON.stringify(written)}`, hint: HINT }
  }
  const wanted = kind === 'throughput' ? '>' : '<'
  if (sign !== wanted)
    return {
      what: `expected ${metric}${digits} ${wanted} a bound, got ${JSON.stringify(written)}`,
      hint: HINT,
    }
  const parsed = parseQuantity(bound, kind === undefined ? 'duration' : DIMENSION_OF[kind])
  if ('what' in parsed) return { what: parsed.what, hint: HINT }
  if (!(parsed.value > 0))
    return { what: `expected a bound above 0 in ${JSON.stringify(written)}`, hint: HINT }
  if (metric === 'errors' && parsed.value > 1)
    return { what: `expected a fraction of at most 100% in ${JSON.stringify(written)}`, hint: HINT }
  const text = `${metric}${digits} ${sign} ${bound}`
  if (kind === 'throughput') return { kind, above: parsed.value, text }
  if (kind === undefined) return { kind: 'latency', quantile: quantile!, below: parsed.value, text }
  return { kind, below: parsed.value, text }
}

export const slo: z.ZodType<Slo, string> = text('an objective')
  .meta({
    examples: ['p95 < 250ms', 'mean < 1s', 'errors < 0.1%', 'throughput > 100/s'],
    pattern: '^\\s*((p\\d[\\d.]*|mean|errors)\\s*<|throughput\\s*>)\\s*\\S.*$',
  })
  .transform((written, context): Slo => {
    const parsed = parseSlo(written)
    if ('kind' in parsed) return parsed
    problem(context, [], parsed.what, parsed.hint)
    return z.NEVER
  })
