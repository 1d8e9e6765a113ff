/** What a balancer knows of its hosts and makes of it: reports of queues, slow start, outlier detection, panic. */
import type { z } from 'zod'
import type { OutlierDetection, PassiveChecks, SlowStart } from '../types.ts'
import { duration, fraction, integer, noun, number, positiveDuration, type Quantity } from './common.ts'

export type SlowStartInput = {
  window: Quantity
  /** Default 1. */
  aggression?: number | undefined
  /** Default 10%. */
  minWeight?: Quantity | undefined
}

export type OutlierDetectionInput = {
  /** Default 5; 0: not used. */
  consecutiveFailures?: number | undefined
  /** Default 10s. */
  interval?: Quantity | undefined
  /** Default 30s. */
  baseEjection?: Quantity | undefined
  /** Default 300s. */
  maxEjection?: Quantity | undefined
  /** Default 10%. */
  maxEjectionPercent?: Quantity | undefined
  successRate?:
    | { stdev?: number | undefined; hosts?: number | undefined; requests?: number | undefined }
    | undefined
}

export type HostsInput = {
  /** Replicas report their queues to the balancer; default: they do not. */
  reports?: { interval: Quantity } | undefined
  /** The weight of a slot that comes into rotation grows; default: it is there at once. */
  slowStart?: SlowStartInput | undefined
  /** Hosts that fail are ejected for a while; default: never. */
  outlierDetection?: OutlierDetectionInput | undefined
  /** Hosts that fail get nothing for a while, as in nginx; default: they do. */
  passiveChecks?: { maxFails?: number | undefined; failTimeout?: Quantity | undefined } | undefined
  /** Below this share of healthy hosts all of them get traffic; default 50% with outlierDetection, else 0. */
  panicThreshold?: Quantity | undefined
}

const reports: z.ZodType<{ interval: number }, { interval: Quantity }> = noun('reports of queues', {
  interval: positiveDuration.describe('Every replica reports its number of requests at each multiple of it.'),
})

const slowStart: z.ZodType<SlowStart, SlowStartInput> = noun('a slow start', {
  window: positiveDuration.describe('How long the weight grows after the slot came into rotation.'),
  aggression: number({ above: 0 })
    .optional()
    .describe('The weight grows with (t / window)^(1 / aggression); default 1 (Envoy).'),
  minWeight: fraction.optional().describe('Least share of the weight; default 10% (Envoy).'),
}).transform(({ window, aggression, minWeight }) => ({
  window,
  aggression: aggression ?? 1,
  minWeight: minWeight ?? 0.1,
}))

const successRate = noun('a success rate', {
  stdev: number()
    .optional()
    .describe(
      'A host is ejected below the mean rate less this times the standard deviation; default 1.9 (Envoy).',
    ),
  hosts: integer(1, 1_000_000)
    .optional()
    .describe('So many hosts must have had enough requests; default 5 (Envoy).'),
  requests: integer(1, 1_000_000_000)
    .optional()
    .describe('So many requests in an interval are enough; default 100 (Envoy).'),
})

const outlierDetection: z.ZodType<OutlierDetection, OutlierDetectionInput> = noun('an outlier detection', {
  consecutiveFailures: integer(0, 1_000_000)
    .optional()
    .describe('A host that fails so often in a row is ejected; 0: not used. Default 5 (Envoy).'),
  interval: positiveDuration.optional().describe('Time between two looks; default 10s (Envoy).'),
  baseEjection: duration
    .optional()
    .describe('An ejection lasts this times the number of ejections; default 30s (Envoy).'),
  maxEjection: duration.optional().describe('The longest ejection; default 300s (Envoy).'),
  maxEjectionPercent: fraction
    .optional()
    .describe('Largest share of the hosts that is out at once, one host always; default 10% (Envoy).'),
  successRate: successRate.optional().describe('Ejection of hosts that fail more often than others.'),
}).transform((given) => ({
  consecutiveFailures: given.consecutiveFailures ?? 5,
  interval: given.interval ?? 10,
  baseEjection: given.baseEjection ?? 30,
  maxEjection: given.maxEjection ?? 300,
  maxEjectionPercent: given.maxEjectionPercent ?? 0.1,
  successRate: {
    stdev: given.successRate?.stdev ?? 1.9,
    hosts: given.successRate?.hosts ?? 5,
    requests: given.successRate?.requests ?? 100,
  },
}))

const passiveChecks: z.ZodType<PassiveChecks, NonNullable<HostsInput['passiveChecks']>> = noun(
  'passive checks',
  {
    maxFails: integer(1, 1_000_000)
      .optional()
      .describe(
        'A host that fails so often within failTimeout gets nothing for that long; default 1 (nginx).',
      ),
    failTimeout: positiveDuration
      .optional()
      .describe('Then one request is let through, whose success brings the host back; default 10s (nginx).'),
  },
).transform(({ maxFails, failTimeout }) => ({ maxFails: maxFails ?? 1, failTimeout: failTimeout ?? 10 }))

export const hostFields: {
  readonly reports: z.ZodOptional<typeof reports>
  readonly slowStart: z.ZodOptional<typeof slowStart>
  readonly outlierDetection: z.ZodOptional<typeof outlierDetection>
  readonly passiveChecks: z.ZodOptional<typeof passiveChecks>
  readonly panicThreshold: z.ZodOptional<typeof fraction>
} = {
  reports: reports
    .optional()
    .describe(
      'Replicas report their queues to the balancer, which policies and agents can read. Default: never.',
    ),
  slowStart: slowStart
    .optional()
    .describe(
      'The weight of a slot that comes into rotation grows, for policies that read weights. Default: at once.',
    ),
  outlierDetection: outlierDetection
    .optional()
    .describe("Hosts that fail are ejected for a while, as by Envoy's outlier detection. Default: never."),
  passiveChecks: passiveChecks
    .optional()
    .describe('max_fails and fail_timeout of nginx, where at least two hosts are. Default: not used.'),
  panicThreshold: fraction
    .optional()
    .describe(
      'Below this share of healthy hosts all hosts get traffic, ejected and crashed ones too; default 50% with outlierDetection (Envoy), else 0.',
    ),
}
