/** Limits of their own for some endpoints or classes. */
import type { z } from 'zod'
import type { BulkheadSpec, ConcurrencySpec } from '../overload-types.ts'
import {
  duration,
  endpointName,
  integer,
  listOf,
  mapOf,
  noun,
  problem,
  type Quantity,
  text,
} from './common.ts'

export type BulkheadsInput = Record<string, EndpointBulkheadInput>

export type EndpointBulkheadInput = {
  endpoints?: string[] | undefined
  classes?: string[] | undefined
  concurrent?: number | undefined
  maxWait?: Quantity | undefined
}

const MANY = 1_000_000

export type ClassBulkheadsInput = Record<string, Omit<EndpointBulkheadInput, 'endpoints'>>

const size = {
  concurrent: integer(1, MANY).optional().describe('Requests in flight. Default 25 (resilience4j).'),
  maxWait: duration.optional().describe('How long others wait for their turn. Default 0.'),
}

const limitOf = ({
  concurrent = 25,
  maxWait = 0,
}: {
  concurrent?: number | undefined
  maxWait?: number | undefined
}): ConcurrencySpec => ({
  limit: { kind: 'fixed', limit: concurrent },
  maxQueue: maxWait > 0 ? Number.POSITIVE_INFINITY : 0,
  maxWait,
})

/** Of a service. */
export const bulkheads: z.ZodType<BulkheadSpec[], BulkheadsInput> = mapOf(
  noun('a bulkhead of endpoints or classes', {
    endpoints: listOf(endpointName, 'endpoints').optional().describe('Of the service.'),
    classes: listOf(text('a class'), 'classes')
      .optional()
      .describe('Instead: shoppers.buy, or the name of a workload without classes.'),
    ...size,
  }).check((context) => {
    const { endpoints, classes } = context.value
    if ((endpoints === undefined) !== (classes === undefined)) return
    problem(
      context,
      [],
      `expected endpoints or classes, got ${endpoints === undefined ? 'neither' : 'both'}`,
      'Give one of the two.',
    )
  }),
  'bulkheads',
).transform((written) =>
  Object.entries(written).map(
    ([name, { endpoints, classes, ...own }]): BulkheadSpec => ({
      name,
      ...(endpoints === undefined ? {} : { endpoints }),
      ...(classes === undefined ? {} : { classes }),
      ...limitOf(own),
    }),
  ),
) as unknown as z.ZodType<BulkheadSpec[], BulkheadsInput>

/** Of a balancer, which knows no endpoints. */
export const classBulkheads: z.ZodType<BulkheadSpec[], ClassBulkheadsInput> = mapOf(
  noun('a bulkhead of classes', {
    classes: listOf(text('a class'), 'classes').describe(
      'shoppers.buy, or the name of a workload without classes.',
    ),
    ...size,
  }),
  'bulkheads',
).transform((written) =>
  Object.entries(written).map(
    ([name, { classes, ...own }]): BulkheadSpec => ({ name, classes, ...limitOf(own) }),
  ),
) as unknown as z.ZodType<BulkheadSpec[], ClassBulkheadsInput>
