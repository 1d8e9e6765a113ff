/** The steps of an endpoint. */
import { z } from 'zod'
import type { CallPolicy, Distribution, Key, Step } from '../types.ts'
import { type CallPolicyInput, callPolicyFields, plannedOfCalls } from './call-policy.ts'
import {
  either,
  integer,
  listOf,
  name,
  noun,
  number,
  oneOf,
  only,
  problem,
  type Quantity,
  size,
  text,
} from './common.ts'
import { type DistributionInput, durationDistribution } from './distribution.ts'
import { type KeyInput, key } from './key.ts'
import { type Query, type QueryInput, query } from './query.ts'

export type CallInput = CallPolicyInput & {
  to: string
  endpoint?: string | undefined
  /** Default: that of the request's class. */
  key?: KeyInput | undefined
}

export type StepInput = {
  /** Seconds of one core at speed 1. */
  cpu?: DistributionInput<Quantity> | undefined
  /** The same, as the trace of the workload of that name recorded it for the request. */
  recorded?: string | undefined
  /** A wait that holds no core. */
  io?: DistributionInput<Quantity> | undefined
  /** Reserved before the first step, held to the end. */
  memory?: Quantity | undefined
  /** A request to another component, whose answer is waited for. */
  call?: string | CallInput | undefined
  /** A request to a database. */
  query?: QueryInput | undefined
  /** Hands the request over; the other component answers it. The last step. */
  forward?: string | { to: string; endpoint?: string | undefined } | undefined
  /** Branches that run at the same time; ends with the last. */
  parallel?: StepInput[][] | undefined
  /** One of the options, drawn by weight. */
  choose?: { weight?: number | undefined; steps: StepInput[] }[] | undefined
  repeat?: { times: number; steps: StepInput[] } | undefined
  /** Steps over which one connection of a database is held, on which its queries run. */
  transaction?: { to: string; steps: StepInput[] } | undefined
}

const endpoint = text('the name of an endpoint')
  .optional()
  .describe('Default: the service chooses uniformly.')
const toComponent = name.describe('A balancer or a service.')
const toCallee = name.describe('A balancer, a service or a cache.')

const call = either(
  toCallee.transform(
    (to): { to: string; endpoint?: string | undefined; key?: Key | undefined } & CallPolicy => ({ to }),
  ),
  noun(
    'a call',
    {
      to: toCallee,
      endpoint,
      key: key.optional().describe("What is asked for; default: the key of the request's class."),
      ...callPolicyFields,
    },
    { planned: plannedOfCalls },
  ),
  'a call',
  'Write the name of a component, or { to: name, endpoint: name }.',
)
const forward = either(
  toComponent.transform((to): { to: string; endpoint?: string | undefined } => ({ to })),
  noun('a forward', { to: toComponent, endpoint }),
  'a forward',
  'Write the name of a component, or { to: name, endpoint: name }.',
)

const nested: z.ZodType<Step[], StepInput[]> = z.lazy(() => steps).meta({ id: 'Steps' })

const option = noun('an option', {
  weight: number().optional().describe('Default 1.'),
  steps: nested.describe('What it does.'),
})

const stepFields = oneOf(
  'a step',
  {
    cpu: durationDistribution.optional().describe('Time of one core at speed 1.'),
    recorded: name
      .optional()
      .describe(
        'Time of one core at speed 1 that the trace of the workload of that name (of format azure2021) recorded for the request; requests of other workloads draw one of the recorded ones.',
      ),
    io: durationDistribution.optional().describe('A wait that holds no core.'),
    memory: size.optional().describe('Reserved before the first step of the endpoint, held to its end.'),
    call: call
      .optional()
      .describe('A request to a balancer, a service or a cache, whose answer is waited for.'),
    query: query.optional().describe('A request to a database, whose answer is waited for.'),
    forward: forward
      .optional()
      .describe('Hands the request over; the other component answers it. Only as the last step.'),
    parallel: listOf(nested, 'branches (lists of steps)')
      .optional()
      .describe('Branches that run at the same time.'),
    choose: listOf(option, 'options').optional().describe('One of the options, drawn by weight.'),
    repeat: noun('a repeat', {
      times: integer(1, 10_000).describe('How often.'),
      steps: nested.describe('What is repeated.'),
    })
      .optional()
      .describe('Steps that are done several times.'),
    transaction: noun('a transaction', {
      to: name.describe('A database.'),
      steps: nested.describe('What is done meanwhile; queries of that database run on the connection.'),
    })
      .optional()
      .describe(
        'Holds one connection of a database over several steps, from the wait for it (at most its acquireTimeout) to their end; it is given back too when they fail, time out or are cancelled.',
      ),
  },
  { planned: ['get', 'set', 'publish', 'spawn', 'sleep', 'fail'] },
)

export const step: z.ZodType<Step, StepInput> = stepFields
  .transform((written, context): Step => {
    const [kind, value] = only(written as Required<z.output<typeof stepFields>>)
    switch (kind) {
      case 'cpu':
        return { kind, demand: value as Distribution }
      case 'recorded':
        return { kind: 'cpu', demand: { kind: 'constant', value: 0 }, recorded: value as string }
      case 'io':
        return { kind, duration: value as Distribution }
      case 'memory':
        return { kind, bytes: value as number }
      case 'call':
        return { kind, ...(value as CallPolicy & { to: string }) }
      case 'query':
        return { kind, ...(value as Query) }
      case 'forward':
        return { kind, ...(value as { to: string }) }
      case 'parallel': {
        const branches = value as Step[][]
        if (branches.length === 0)
          problem(
            context,
            ['parallel'],
            'expected at least one branch, got none',
            'Remove the step or give it branches.',
          )
        return { kind, branches }
      }
      case 'choose': {
        const options = (value as { weight?: number; steps: Step[] }[]).map(({ weight, steps }) => ({
          weight: weight ?? 1,
          steps,
        }))
        if (options.length === 0)
          problem(
            context,
            ['choose'],
            'expected at least one option, got none',
            'Remove the step or give it options.',
          )
        else if (options.every(({ weight }) => weight === 0))
          problem(
            context,
            ['choose'],
            'the weights of the options sum to zero',
            'Give at least one option a weight above 0.',
          )
        return { kind, options }
      }
      case 'transaction':
        return { kind, ...(value as { to: string; steps: Step[] }) }
      default:
        return { kind: 'repeat', ...(value as { times: number; steps: Step[] }) }
    }
  })
  .meta({ id: 'Step' }) as z.ZodType<Step, StepInput>

export const steps: z.ZodType<Step[], StepInput[]> = listOf(step, 'steps')
