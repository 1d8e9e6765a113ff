/** The steps of step scaling: from which breach on, how large a change. */
import type { Params } from '../params.ts'
import { EPSILON, isRecord } from './scaling-rules.ts'

/** What the change of a step is: replicas, percent of the capacity, or the number to have. */
export type Adjustment = 'change' | 'percent' | 'exact'

export type Step = {
  /** Breach from which the step applies, in units of the metric. */
  readonly from: number
  readonly change: number
}

/** The step with the greatest `from` that the breach reaches. */
export function stepFor(steps: readonly Step[], breach: number): Step {
  let found = steps[0]!
  for (const step of steps) if (step.from <= breach + EPSILON) found = step
  return found
}

/** Reads `[{ from: 0, change: 1 }, ...]`, sorted, the first from 0; changes have the sign of `direction`. */
export function readSteps(
  reader: Params,
  name: 'up' | 'down',
  adjustment: Adjustment,
  direction: 1 | -1,
): readonly Step[] {
  const written = reader.raw(name)
  if (!Array.isArray(written) || written.length === 0) {
    reader.reject('expected a list of at least one step', name, 'Write [{ from: 0, change: 1 }].')
    return [{ from: 0, change: 0 }]
  }
  const steps = written.map((step: unknown, i): Step => {
    const { from, change, ...others } = isRecord(step) ? step : {}
    const numbers = Number.isFinite(from) && Number.isFinite(change) && Object.keys(others).length === 0
    const whole = adjustment === 'percent' || Number.isInteger(change)
    const sign = adjustment === 'exact' ? (change as number) >= 0 : (change as number) * direction > 0
    if (numbers && whole && sign) return { from: from as number, change: change as number }
    reader.reject(
      `expected a step, got ${JSON.stringify(step)}`,
      `${name}[${i}]`,
      `Write { from: 0.1, change: ${adjustment === 'exact' ? 4 : direction * (adjustment === 'percent' ? 50 : 2)} }.`,
    )
    return { from: i, change: 0 }
  })
  steps.forEach((step, i) => {
    const before = steps[i - 1]
    if (before === undefined && step.from !== 0)
      reader.reject(`expected the first step from 0, got ${step.from}`, `${name}[0].from`)
    if (before !== undefined && step.from <= before.from)
      reader.reject(`expected a step from above ${before.from}, got ${step.from}`, `${name}[${i}].from`)
  })
  return steps
}
