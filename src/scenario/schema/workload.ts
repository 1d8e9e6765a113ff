/** A workload: who sends requests, when, of which classes, and how patiently. */
import type { z } from 'zod'
import type { CallPolicy, Key, Profile, WorkloadClass } from '../types.ts'
import { type ArrivalsInput, arrivals, type ProfileInput, profile, type WrittenArrivals } from './arrivals.ts'
import { type CallPolicyInput, callPolicyFields, plannedOfCalls } from './call-policy.ts'
import {
  either,
  flag,
  integer,
  listOf,
  mapOf,
  name,
  noun,
  number,
  positiveDuration,
  problem,
  type Quantity,
  text,
} from './common.ts'
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
  /** Several multiply each other. */
  profile?: ProfileInput | ProfileInput[] | undefined
  classes?: Record<string, ClassInput> | undefined
  /** Calls made for a request end at its deadline, and none begins after it. Default false. */
  propagateDeadline?: boolean | undefined
}

export type WrittenWorkload = CallPolicy & {
  readonly to: string
  readonly arrivals: WrittenArrivals
  readonly profile?: Profile | undefined
  readonly propagateDeadline?: boolean | undefined
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

const profiles: z.ZodType<Profile, ProfileInput | ProfileInput[]> = either(
  profile,
  listOf(profile, 'profiles').transform((factors, context): Profile => {
    if (factors.length === 0)
      problem(context, [], 'expected at least one profile, got none', 'Remove the field or add one.')
    return factors.length === 1 ? factors[0]! : { kind: 'product', factors }
  }),
  'a profile or a list of profiles',
  'Write e.g. { diurnal: { amplitude: 0.5, period: 24h } }, or a list of such.',
)

export const workload: z.ZodType<WrittenWorkload, WorkloadInput> = noun(
  'a workload',
  {
    to: name.describe('A balancer or a service.'),
    arrivals: arrivals.describe('When requests begin.'),
    profile: profiles
      .optional()
      .describe('Multiplies the rate over time: one, or a list of several that multiply each other.'),
    classes: mapOf(requestClass, 'classes')
      .optional()
      .describe('Kinds of requests by name, drawn by weight.'),
    propagateDeadline: flag()
      .optional()
      .describe('Calls made for a request end at its deadline, and none begins after it. Default false.'),
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
