/** A workload: who sends requests, when, of which classes, and how patiently. */
import type { z } from 'zod'
import type { CallPolicy, Key, Profile, WorkloadClass } from '../types.ts'
import { type ArrivalsInput, arrivals, type ProfileInput, profile, type WrittenArrivals } from './arrivals.ts'
import { type CallPolicyInput, callPolicyFields, plannedOfCalls } from './call-policy.ts'
import { integer, mapOf, name, noun, number, positiveDuration, type Quantity, text } from './common.ts'
import { type KeyInput, key } from './key.ts'

export type ClassInput = {
  /** Relative frequency; default 1. */
  weight?: number | undefined
  /** Endpoint at the first service. Default: the service chooses uniformly. */
  endpoint?: string | undefined
  /** 0 (default) is the most important. */
  priority?: number | undefined
  /** From the intended send, over all attempts. */
  deadline?: Quantity | undefined
  /** What a request is about. */
  key?: KeyInput | undefined
}

export type WorkloadInput = CallPolicyInput & {
  /** A balancer or a service. */
  to: string
  arrivals: ArrivalsInput
  profile?: ProfileInput | undefined
  classes?: Record<string, ClassInput> | undefined
}

export type WrittenWorkload = CallPolicy & {
  readonly to: string
  readonly arrivals: WrittenArrivals
  readonly profile?: Profile | undefined
  readonly classes: readonly WorkloadClass[]
}

const requestClass = noun(
  'a class',
  {
    weight: number().optional().describe('Relative frequency; default 1.'),
    endpoint: text('the name of an endpoint')
      .optional()
      .describe('Endpoint at the first service; default: the service chooses uniformly.'),
    priority: integer(0, 100).optional().describe('0 (default) is the most important.'),
    deadline: positiveDuration.optional().describe('From the intended send, over all attempts.'),
    key: key.optional().describe('What a request is about: drawn once per request.'),
  },
  { planned: ['size', 'keys', 'timeout', 'retry'] },
)

export const workload: z.ZodType<WrittenWorkload, WorkloadInput> = noun(
  'a workload',
  {
    to: name.describe('A balancer or a service.'),
    arrivals: arrivals.describe('When requests begin.'),
    profile: profile.optional().describe('Multiplies the rate over time.'),
    classes: mapOf(requestClass, 'classes')
      .optional()
      .describe('Kinds of requests by name, drawn by weight.'),
    ...callPolicyFields,
  },
  { planned: plannedOfCalls },
).transform(
  ({ classes, ...rest }): WrittenWorkload => ({
    ...rest,
    classes: Object.entries(
      classes ?? {
        default: {} as {
          weight?: number
          endpoint?: string
          priority?: number
          deadline?: number
          key?: Key
        },
      },
    ).map(([name, given]) => ({
      name,
      weight: given.weight ?? 1,
      ...(given.endpoint === undefined ? {} : { endpoint: given.endpoint }),
      priority: given.priority ?? 0,
      ...(given.deadline === undefined ? {} : { deadline: given.deadline }),
      ...(given.key === undefined ? {} : { key: given.key }),
    })),
  }),
)
