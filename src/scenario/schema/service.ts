/** A service: replicas that run endpoints. Everything is per replica. */
import type { z } from 'zod'
import type { Endpoint, ReplicaGroup, Service } from '../types.ts'
import { type AutoscalerInput, autoscaler } from './autoscaler.ts'
import { type CallPolicyInput, callPolicyFields } from './call-policy.ts'
import {
  choice,
  either,
  endpointName,
  integer,
  listOf,
  MAX_REPLICAS,
  mapOf,
  noun,
  number,
  problem,
  type Quantity,
  quantity,
} from './common.ts'
import { type OverloadInput, overload } from './overload.ts'
import { type ColdStartInput, coldStart, type ReadinessInput, readiness } from './replica-start.ts'
import { type SocketsInput, sockets } from './sockets.ts'
import { type StepInput, steps } from './step.ts'

export type ReplicaGroupInput = {
  /** Default 1. */
  count?: number | undefined
  /** Of a core; default 1. */
  speed?: number | undefined
}

/** `timeout`, `retry`, `hedge` and `circuitBreaker` are the defaults of the service's callers. */
export type ServiceInput = CallPolicyInput & {
  /** A number, or groups of different speed. Default 1, with an autoscaler its `min`. */
  replicas?: number | ReplicaGroupInput[] | undefined
  /** Default 1. */
  cores?: number | undefined
  /** How cores are shared: in order of arrival (default) or equally. */
  discipline?: 'fifo' | 'ps' | undefined
  /** Default: unlimited. */
  memory?: Quantity | undefined
  /** Threads held from admission to answer. Default: no such limit. */
  workers?: number | undefined
  sockets?: SocketsInput | undefined
  endpoints: Record<string, StepInput[]>
  /** Limits of rate, concurrency and queue, and the order of the queue. Default: none. */
  overload?: OverloadInput | undefined
  readiness?: ReadinessInput | undefined
  coldStart?: ColdStartInput | undefined
  /** When the service notices that nobody waits for a request any more. Default never. */
  cancel?: 'never' | 'dequeue' | 'immediate' | undefined
  autoscaler?: AutoscalerInput | undefined
  /** Of one replica-hour; default 1. */
  cost?: number | undefined
}

const group = noun('a group of replicas', {
  count: integer(1, MAX_REPLICAS).optional().describe('Default 1.'),
  speed: number({ above: 0 }).optional().describe('Of a core; default 1.'),
}).transform(({ count, speed }): ReplicaGroup => ({ count: count ?? 1, speed: speed ?? 1 }))

export const service: z.ZodType<Omit<Service, 'name'>, ServiceInput> = noun(
  'a service',
  {
    replicas: either(
      integer(1, MAX_REPLICAS).transform((count): ReplicaGroup[] => [{ count, speed: 1 }]),
      listOf(group, 'groups of replicas'),
      'a number of replicas or a list of groups',
      'Write 4, or [{ count: 3, speed: 1 }, { count: 1, speed: 0.5 }].',
    )
      .optional()
      .describe('A number, or groups of different speed. Default 1, with an autoscaler its min.'),
    cores: integer(1, 10_000).optional().describe('Default 1.'),
    discipline: choice(['fifo', 'ps'])
      .optional()
      .describe('How cores are shared: in order of arrival (fifo, default) or equally (ps).'),
    memory: quantity('size', { above: 0 }).optional().describe('Default: unlimited.'),
    workers: integer(1, 1_000_000)
      .optional()
      .describe('Threads held from admission to answer. Default: no such limit.'),
    sockets: sockets
      .optional()
      .describe('Of connections from its callers and to what it calls. Default: not modelled.'),
    endpoints: mapOf(steps, 'steps', endpointName).describe('Lists of steps by name.'),
    overload: overload
      .optional()
      .describe('Limits of rate, concurrency and queue, and the order of the queue. Default: none.'),
    cancel: choice(['never', 'dequeue', 'immediate'])
      .optional()
      .describe(
        'When it notices that nobody waits for a request any more: never (default), when it leaves a queue, or at once.',
      ),
    readiness: readiness
      .optional()
      .describe('Probes that take a replica into rotation and out of it. Default: all is known at once.'),
    coldStart: coldStart
      .optional()
      .describe('A replica is slow at first. Default: it has its full speed at once.'),
    autoscaler: autoscaler.optional().describe('Changes the number of replicas. Default: none.'),
    cost: number().optional().describe('Of one replica-hour; default 1.'),
    ...callPolicyFields,
  },
  {
    planned: ['failures', 'keepAlive', 'usl', 'scope'],
  },
).transform((given, context): Omit<Service, 'name'> => {
  const { autoscaler } = given
  const groups = given.replicas ?? [{ count: autoscaler?.min ?? 1, speed: 1 }]
  const count = groups.reduce((sum, group) => sum + group.count, 0)
  if (count === 0)
    problem(context, ['replicas'], 'expected at least one group, got none', 'Write a number of replicas.')
  else if (count > MAX_REPLICAS)
    problem(context, ['replicas'], `expected at most ${MAX_REPLICAS} replicas, got ${count}`, 'Give fewer.')
  else if (autoscaler !== undefined && (count < autoscaler.min || count > autoscaler.max)) {
    problem(
      context,
      ['replicas'],
      `${count} replicas are outside the autoscaler's ${autoscaler.min} to ${autoscaler.max}`,
      'Start inside its range.',
    )
  }
  if (
    given.discipline === 'ps' &&
    ((given.overload?.queue !== undefined && given.overload.queue !== 'fifo') ||
      given.overload?.shedDelay !== undefined)
  )
    problem(
      context,
      ['overload', given.overload.shedDelay === undefined ? 'queue' : 'shed'],
      'under discipline ps nobody waits for a core, so that there is no queue to order or to shed from',
      'Use discipline fifo, or a queueLimit or concurrencyLimit.',
    )
  const endpoints = Object.entries(given.endpoints).map(([name, steps]): Endpoint => ({ name, steps }))
  if (endpoints.length === 0)
    problem(
      context,
      ['endpoints'],
      'expected at least one endpoint, got none',
      'Add one, e.g. { main: [{ cpu: 5ms }] }.',
    )
  return {
    groups,
    cores: given.cores ?? 1,
    discipline: given.discipline ?? 'fifo',
    memory: given.memory ?? Number.POSITIVE_INFINITY,
    workers: given.workers ?? Number.POSITIVE_INFINITY,
    ...(given.sockets === undefined ? {} : { sockets: given.sockets }),
    endpoints,
    ...(given.overload === undefined ? {} : { overload: given.overload }),
    ...(given.cancel === undefined || given.cancel === 'never' ? {} : { cancel: given.cancel }),
    ...(autoscaler === undefined ? {} : { autoscaler }),
    ...(given.readiness === undefined ? {} : { readiness: given.readiness }),
    ...(given.coldStart === undefined ? {} : { coldStart: given.coldStart }),
    cost: given.cost ?? 1,
    ...(given.timeout === undefined ? {} : { timeout: given.timeout }),
    ...(given.retry === undefined ? {} : { retry: given.retry }),
    ...(given.hedge === undefined ? {} : { hedge: given.hedge }),
    ...(given.circuitBreaker === undefined ? {} : { circuitBreaker: given.circuitBreaker }),
  }
})
