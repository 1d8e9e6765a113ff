/** Circuit breakers: by the rate of failures (resilience4j), of Hystrix, or by failures in a row. */
import { z } from 'zod'
import type { CircuitBreaker } from '../types.ts'
import { parseQuantity, quantityPattern } from '../units.ts'
import { either, integer, noun, positiveDuration, problem, type Quantity, quantity } from './common.ts'

export type CircuitBreakerInput = {
  failureRate?: Quantity | undefined
  slowCallRate?: Quantity | undefined
  slowCall?: Quantity | undefined
  /** A number of calls, or a duration with a unit. */
  window?: Quantity | undefined
  minimumCalls?: number | undefined
  open?: Quantity | undefined
  halfOpen?: number | undefined
  hystrix?:
    | {
        errorRate?: Quantity | undefined
        requests?: number | undefined
        window?: Quantity | undefined
        sleep?: Quantity | undefined
        interval?: Quantity | undefined
      }
    | undefined
  consecutive?:
    | { failures?: number | undefined; open?: Quantity | undefined; maxOpen?: Quantity | undefined }
    | undefined
}

/** Calls or seconds in a window: more is a typing mistake. */
const LONGEST = 100_000

const rate = quantity('fraction', { above: 0, max: 1 })

const seconds = z
  .string()
  .meta({ pattern: quantityPattern('duration'), examples: ['10s', '1min'] })
  .transform((text, context) => {
    const parsed = parseQuantity(text, 'duration')
    if ('what' in parsed) {
      problem(context, [], parsed.what, parsed.hint)
      return z.NEVER
    }
    const { value } = parsed
    if (!Number.isInteger(value) || value < 1 || value > LONGEST) {
      problem(
        context,
        [],
        `expected whole seconds from 1 to ${LONGEST}, got ${text}`,
        'Write a duration such as 10s.',
      )
    }
    return { seconds: value }
  })

const window = either(
  integer(1, LONGEST).transform((calls) => ({ calls })),
  seconds,
  'a number of calls or a duration',
  'Write 100 for the last hundred calls, or 10s for the last ten seconds.',
) as z.ZodType<{ calls?: number; seconds?: number }, Quantity>

const hystrix = noun('hystrix', {
  errorRate: rate.optional().describe('Default 50%.'),
  requests: integer(1, LONGEST).optional().describe('Fewer in the window do not open it. Default 20.'),
  window: positiveDuration.optional().describe('Default 10s.'),
  sleep: positiveDuration.optional().describe('From opening until one call is let through. Default 5s.'),
  interval: positiveDuration.optional().describe('Between two looks at the window. Default 500ms.'),
})

const consecutive = noun('consecutive failures', {
  failures: integer(1, LONGEST).optional().describe('In a row. Default 5.'),
  open: positiveDuration
    .optional()
    .describe('Until one call is let through; doubles each time that it fails. Default 5s.'),
  maxOpen: positiveDuration.optional().describe('Default 300s.'),
})

export const circuitBreaker: z.ZodType<CircuitBreaker, CircuitBreakerInput> = noun('a circuit breaker', {
  failureRate: rate.optional().describe('Share of failed calls that opens it. Default 50%.'),
  slowCallRate: rate.optional().describe('Share of slow calls that opens it. Default 100%.'),
  slowCall: positiveDuration.optional().describe('Longer calls are slow. Default 60s.'),
  window: window.optional().describe('The last calls (a number) or seconds (a duration). Default 100 calls.'),
  minimumCalls: integer(1, LONGEST)
    .optional()
    .describe(
      'With fewer calls in the window it stays closed. Default 100, at most the window where that counts calls.',
    ),
  open: positiveDuration.optional().describe('Until calls are let through to try. Default 60s.'),
  halfOpen: integer(1, LONGEST).optional().describe('Calls that are let through to try. Default 10.'),
  hystrix: hystrix.optional().describe("Instead: Hystrix's breaker."),
  consecutive: consecutive.optional().describe('Instead: by failures in a row.'),
}).transform((given, context): CircuitBreaker => {
  const { hystrix, consecutive, ...own } = given
  if ((hystrix ?? consecutive) !== undefined) {
    if (Object.keys(given).length > 1) {
      problem(
        context,
        [],
        `expected one kind of circuit breaker, got ${Object.keys(given).join(' and ')}`,
        'Write the fields of that kind inside it.',
      )
    }
  }
  if (hystrix !== undefined) {
    const { errorRate = 0.5, requests = 20, window = 10, sleep = 5, interval = 0.5 } = hystrix
    if (window < interval) {
      problem(context, ['hystrix', 'interval'], 'the interval is longer than the window', 'Look more often.')
    }
    return { kind: 'hystrix', errorRate, requests, window, sleep, interval }
  }
  if (consecutive !== undefined) {
    const { failures = 5, open = 5, maxOpen = Math.max(300, open) } = consecutive
    if (maxOpen < open) {
      problem(
        context,
        ['consecutive', 'maxOpen'],
        `the maximum is shorter than the open time of ${open} s`,
        'Give a longer one.',
      )
    }
    return { kind: 'consecutive', failures, open, maxOpen }
  }
  const calls = own.window === undefined ? 100 : own.window.calls
  return {
    kind: 'rate',
    failureRate: own.failureRate ?? 0.5,
    slowCallRate: own.slowCallRate ?? 1,
    slowCall: own.slowCall ?? 60,
    window: own.window ?? { calls: 100 },
    minimumCalls: Math.min(own.minimumCalls ?? 100, calls ?? Number.POSITIVE_INFINITY),
    open: own.open ?? 60,
    halfOpen: own.halfOpen ?? 10,
  }
}) as unknown as z.ZodType<CircuitBreaker, CircuitBreakerInput>
