/** What a server drops of what waits. */
import { z } from 'zod'
import type { DelaySpec } from '../overload-types.ts'
import {
  choice,
  either,
  listOf,
  noun,
  oneOf,
  only,
  positiveDuration,
  problem,
  type Quantity,
} from './common.ts'

type DelayInput = { target?: Quantity | undefined; interval?: Quantity | undefined }
type ShedName = 'deadline' | 'codel' | 'controlledDelay'
type ShedItemInput = ShedName | { codel?: DelayInput | undefined; controlledDelay?: DelayInput | undefined }
export type ShedInput = ShedItemInput | ShedItemInput[]

const delay = {
  target: positiveDuration.optional().describe('Wait that is fine. Default 5ms.'),
  interval: positiveDuration.optional().describe('Default 100ms.'),
}

const shedForms = oneOf('a way of shedding', {
  codel: noun('codel', delay).optional().describe('RFC 8289.'),
  controlledDelay: noun('controlledDelay', delay).optional().describe("Facebook's form (folly)."),
})

type Shed = { readonly deadline: boolean; readonly delay?: DelaySpec }

const makeDelay = (kind: DelaySpec['kind'], { target = 0.005, interval = 0.1 } = {}): Shed => ({
  deadline: false,
  delay: { kind, target, interval },
})

const shedItem = either(
  choice(['deadline', 'codel', 'controlledDelay']).transform(
    (name): Shed => (name === 'deadline' ? { deadline: true } : makeDelay(name)),
  ),
  shedForms.transform((written): Shed => {
    const form = only(written) as unknown as readonly [DelaySpec['kind'], object] | undefined
    return form === undefined ? z.NEVER : makeDelay(...form)
  }),
  'deadline, codel or controlledDelay',
  'Write deadline, or { codel: { target: 5ms, interval: 100ms } }.',
)

export type ShedSpec = {
  /** Legs that nobody waits for any more are dropped. */
  readonly expired: boolean
  readonly delay: DelaySpec | undefined
}

export const shed: z.ZodType<ShedSpec, ShedInput> = either(
  shedItem.transform((item) => [item]),
  listOf(shedItem, 'ways of shedding'),
  'a way of shedding or a list of them',
  'Write deadline, codel or controlledDelay, or [deadline, codel].',
).transform((items, context): ShedSpec => {
  const delays = items.flatMap(({ delay }) => (delay === undefined ? [] : [delay]))
  if (delays.length > 1) problem(context, [], 'expected codel or controlledDelay, got several', 'Choose one.')
  return { expired: items.some((item) => item.deadline), delay: delays[0] }
}) as unknown as z.ZodType<ShedSpec, ShedInput>
