/** A balancer: routes each request to one of the replicas of its targets. */
import type { z } from 'zod'
import { balancingPolicies } from '../../policies/index.ts'
import type { Balancer } from '../types.ts'
import { type HostsInput, hostFields } from './balancer-hosts.ts'
import {
  choice,
  duration,
  either,
  listOf,
  name,
  noun,
  number,
  problem,
  type Quantity,
  quantity,
} from './common.ts'
import { type BalancerOverloadInput, balancerOverload } from './overload.ts'
import { type PolicyInput, policy } from './policy.ts'
import { type SocketsInput, sockets } from './sockets.ts'

export type TargetInput = string | { to: string; weight?: number | undefined }

export type BalancerInput = HostsInput & {
  /** Default round-robin. */
  policy?: PolicyInput | undefined
  /** One service; short for `targets` with one entry. */
  to?: string | undefined
  /** Services; every replica of each is a backend. */
  targets?: TargetInput[] | undefined
  /** How long a request without backend waits before it ends `unavailable`; default 0. */
  noBackend?: Quantity | undefined
  /** `direct`: answers do not pass through the balancer. Default proxy. */
  response?: 'proxy' | 'direct' | undefined
  overload?: BalancerOverloadInput | undefined
  sockets?: SocketsInput | undefined
  /** For connections. Default: unlimited. */
  memory?: Quantity | undefined
}

const target = either(
  name.transform((to) => ({ to, weight: 1 })),
  noun('a target', {
    to: name.describe('A service.'),
    weight: number().optional().describe('Of each replica; default 1.'),
  }).transform(({ to, weight }) => ({ to, weight: weight ?? 1 })),
  'a service',
  'Write its name, or { to: name, weight: 2 }.',
)

export const balancer: z.ZodType<Omit<Balancer, 'name'>, BalancerInput> = noun(
  'a balancer',
  {
    policy: policy('balancing', [...balancingPolicies.keys()])
      .optional()
      .describe(`Default round-robin. Known: ${[...balancingPolicies.keys()].join(', ')}.`),
    to: name.optional().describe('A service; every replica is a backend.'),
    targets: listOf(target, 'services')
      .optional()
      .describe('Several services, in order; every replica of each is a backend.'),
    noBackend: duration
      .optional()
      .describe('How long a request without backend waits before it ends unavailable; default 0.'),
    response: choice(['proxy', 'direct'])
      .optional()
      .describe('direct: answers do not pass through the balancer. Default proxy.'),
    overload: balancerOverload
      .optional()
      .describe('What happens to more requests than should be handed on. Default: all are.'),
    sockets: sockets
      .optional()
      .describe('Of connections from its callers and to its backends. Default: not modelled.'),
    memory: quantity('size', { above: 0 })
      .optional()
      .describe('For connections; needs sockets. Default: unlimited.'),
    ...hostFields,
  },
  {
    planned: ['healthCheck', 'retry', 'failures'],
  },
).transform(({ policy, to, targets, noBackend, response, ...hosts }, context): Omit<Balancer, 'name'> => {
  const list = targets ?? (to === undefined ? [] : [{ to, weight: 1 }])
  if ((to === undefined) === (targets === undefined))
    problem(
      context,
      [],
      `expected to or targets, got ${to === undefined ? 'neither' : 'both'}`,
      'Give one of the two.',
    )
  else if (list.length === 0)
    problem(context, ['targets'], 'expected at least one target, got none', 'Name a service.')
  else if (list.every(({ weight }) => weight === 0))
    problem(
      context,
      ['targets'],
      'the weights of the targets sum to zero',
      'Give at least one target a weight above 0.',
    )
  return {
    policy: policy ?? { name: 'round-robin', params: {} },
    targets: list.map(({ to }) => to),
    weights: list.map(({ weight }) => weight),
    noBackend: noBackend ?? 0,
    response: response ?? 'proxy',
    ...hosts,
  }
})
