/** How a replica comes into service: when it is seen to work, and how fast it is at first. */
import type { z } from 'zod'
import type { ColdStart, Readiness } from '../types.ts'
import { duration, integer, noun, positiveDuration, type Quantity, quantity } from './common.ts'

export type ReadinessInput = {
  initialDelay?: Quantity | undefined
  period?: Quantity | undefined
  failureThreshold?: number | undefined
  successThreshold?: number | undefined
}

export type ColdStartInput = { duration: Quantity; speed?: Quantity | undefined }

export const readiness: z.ZodType<Readiness, ReadinessInput> = noun('a readiness probe', {
  initialDelay: duration
    .optional()
    .describe('From the end of the startup to the first probe; default 0 (Kubernetes).'),
  period: positiveDuration.optional().describe('Between two probes; default 10s (Kubernetes).'),
  failureThreshold: integer(1, 1000)
    .optional()
    .describe('Failures in a row after which the replica is out of rotation; default 3 (Kubernetes).'),
  successThreshold: integer(1, 1000)
    .optional()
    .describe('Successes in a row after which it is in rotation; default 1 (Kubernetes).'),
}).transform(({ initialDelay, period, failureThreshold, successThreshold }) => ({
  initialDelay: initialDelay ?? 0,
  period: period ?? 10,
  failureThreshold: failureThreshold ?? 3,
  successThreshold: successThreshold ?? 1,
})) as unknown as z.ZodType<Readiness, ReadinessInput>

export const coldStart: z.ZodType<ColdStart, ColdStartInput> = noun('a cold start', {
  duration: positiveDuration.describe('From being ready, or back after a crash, to full speed.'),
  speed: quantity('fraction', { above: 0, max: 1 })
    .optional()
    .describe('Share of the full speed at first; it grows in ten equal steps. Default 20%.'),
}).transform(({ duration, speed }) => ({ duration, speed: speed ?? 0.2 })) as unknown as z.ZodType<
  ColdStart,
  ColdStartInput
>
