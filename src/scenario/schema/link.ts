/** A link: the way between two components, with a latency drawn for each direction. */
import type { z } from 'zod'
import type { Link } from '../types.ts'
import { flag, fraction, name, noun, type Quantity, text } from './common.ts'
import { type DistributionInput, durationDistribution } from './distribution.ts'

export type LinkInput = {
  from: string
  /** A component, or one slot of a service: `web/2`. */
  to: string
  /** One way; default 0. */
  latency?: DistributionInput<Quantity> | undefined
  /** Fraction of messages that are lost, in each direction; default 0. */
  loss?: Quantity | undefined
  /** Default `from->to`. */
  name?: string | undefined
  /** True: answers do not travel it. Default false. */
  oneWay?: boolean | undefined
}

const end = /^[A-Za-z][\w-]*(\/\d+)?$/

export const link: z.ZodType<Link, LinkInput> = noun(
  'a link',
  {
    from: name.describe('A workload, a balancer or a service.'),
    to: text(
      'a component or one of its slots',
      end,
      'Write a name such as web, or a slot such as web/2.',
    ).describe('A component, or one slot of a service: web/2.'),
    latency: durationDistribution
      .optional()
      .describe('One way, drawn independently for each direction; default 0.'),
    loss: fraction.optional().describe('Fraction of messages that are lost, in each direction; default 0.'),
    name: text('the name of a link', /^\S(.*\S)?$/, 'Write at least one character, without spaces around.')
      .optional()
      .describe('For events and results; default from->to.'),
    oneWay: flag().optional().describe('True: answers do not travel it. Default false.'),
  },
  { planned: ['bandwidth', 'failures', 'jitter'] },
).transform(
  (link): Link => ({
    name: link.name ?? `${link.from}->${link.to}`,
    from: link.from,
    to: link.to,
    latency: link.latency ?? { kind: 'constant', value: 0 },
    loss: link.loss ?? 0,
    oneWay: link.oneWay ?? false,
  }),
)
