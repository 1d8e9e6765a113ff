/** Step scaling as on AWS: the further the metric is beyond its alarm, the larger the change. */
import { Params } from '../params.ts'
import type { PolicyDefinition, ScalingPolicy, ScalingView } from '../types.ts'

/** From `beyond` (distance from the alarm) on, `change` replicas. */
type Step = { readonly beyond: number; readonly change: number }
type Options = {
  readonly high: number
  readonly low: number
  readonly up: readonly Step[]
  readonly down: readonly Step[]
  readonly after: number
}
type State = { readonly above: number; readonly below: number }

class StepScaling implements ScalingPolicy {
  private readonly options: Options
  private above = 0
  private below = 0

  constructor(options: Options) {
    this.options = options
  }

  decide(view: ScalingView): number {
    const { high, low, up, down, after } = this.options
    const { utilization, ready, target } = view
    this.above = utilization > high ? this.above + 1 : 0
    this.below = utilization < low ? this.below + 1 : 0
    // Replicas that are starting are not in the metric yet, so they count towards the step and not on top of it.
    if (this.above >= after) return Math.max(target, ready + changeOf(up, utilization - high))
    if (this.below >= after && view.starting === 0)
      return Math.max(0, target - changeOf(down, low - utilization))
    return target
  }

  save(): State {
    return { above: this.above, below: this.below }
  }

  load(state: unknown): void {
    const { above, below } = state as State
    this.above = above
    this.below = below
  }
}

function changeOf(steps: readonly Step[], beyond: number): number {
  let change = 0
  for (const step of steps) if (beyond >= step.beyond) change = step.change
  return change
}

/**
 * When the CPU utilisation was above `high` (below `low`) for `after` intervals in a row: the change of the last step
 * whose `[beyond, change]` is reached, `beyond` being the distance from the alarm. New replicas are left out of the
 * metric until they are ready.
 */
export const stepScaling: PolicyDefinition<ScalingPolicy> = {
  name: 'step-scaling',
  summary: 'Step scaling as on AWS: larger changes the further the CPU utilisation is beyond its alarm.',
  information: 'own',
  defaults: {
    high: 0.7,
    low: 0.3,
    up: [
      [0, 1],
      [0.15, 2],
    ],
    down: [[0, 1]],
    after: 1,
  },
  create(params) {
    const reader = new Params('step-scaling', params, this.defaults)
    const options: Options = {
      high: reader.fraction('high', { min: 0, max: 1 }),
      low: reader.fraction('low', { min: 0, max: 1 }),
      up: readPairs(reader, 'up', '[[0, 1], [0.15, 2]]').map(([beyond, change]) => ({ beyond, change })),
      down: readPairs(reader, 'down', '[[0, 1]]').map(([beyond, change]) => ({ beyond, change })),
      after: reader.integer('after', { min: 1 }),
    }
    if (options.low >= options.high) {
      reader.reject(`expected low below high (${options.high}), got ${options.low}`, 'low')
    }
    reader.finish()
    return new StepScaling(options)
  },
}

/** Pairs of numbers of at least 0, the first ones rising. */
export function readPairs(reader: Params, field: string, example: string): (readonly [number, number])[] {
  const written = reader.raw(field)
  const isPair = (item: unknown): item is [number, number] =>
    Array.isArray(item) &&
    item.length === 2 &&
    item.every((x) => typeof x === 'number' && Number.isFinite(x) && x >= 0)
  if (!Array.isArray(written) || written.length === 0 || !written.every(isPair)) {
    reader.reject(
      `expected pairs of numbers, got ${JSON.stringify(written)}`,
      field,
      `Write e.g. ${example}.`,
    )
    return [[0, 1]]
  }
  written.forEach(([first], i) => {
    if (i > 0 && first <= written[i - 1]![0]) {
      reader.reject(
        `expected more than ${written[i - 1]![0]}, got ${first}`,
        `${field}[${i}][0]`,
        'Sort the pairs.',
      )
    }
  })
  return written
}
