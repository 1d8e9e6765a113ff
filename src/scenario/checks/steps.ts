/** Endpoints can run: their memory fits, `forward` is last, `repeat` does not explode. */
import { existing, type Path } from '../path.ts'
import type { Step } from '../types.ts'
import { type CheckContext, nestedLists } from './context.ts'

/** Steps of all endpoints after unrolling `repeat`. */
const MAX_STEPS = 100_000

export function checkSteps({ scenario, problems, raw }: CheckContext): void {
  let total = 0
  for (const service of scenario.services) {
    for (const endpoint of service.endpoints) {
      const path = ['services', service.name, 'endpoints', endpoint.name]
      const bytes = memoryOf(endpoint.steps)
      if (bytes > service.memory) {
        problems.add(
          path,
          `endpoint "${endpoint.name}" reserves ${formatBytes(bytes)} and can never fit into the ${formatBytes(service.memory)} of a replica`,
          'Raise the memory of the service or reserve less.',
        )
      }
      const before = total
      total += unrolled(endpoint.steps)
      if (before <= MAX_STEPS && total > MAX_STEPS)
        problems.add(path, `more than ${MAX_STEPS} steps after unrolling "repeat"`, 'Repeat fewer times.')
      checkForwards(endpoint.steps, path, true, (at) =>
        problems.add(
          existing(raw, at),
          'expected "forward" as the last step of the endpoint',
          'Move it to the end; what follows would never run.',
        ),
      )
    }
  }
}

/** The sum of the memory steps; of a choice, its largest option. */
export function memoryOf(steps: readonly Step[]): number {
  let sum = 0
  for (const step of steps) {
    if (step.kind === 'memory') sum += step.bytes
    else if (step.kind === 'repeat') sum += step.times * memoryOf(step.steps)
    else if (step.kind === 'choose') sum += Math.max(...step.options.map((option) => memoryOf(option.steps)))
    else for (const { steps } of nestedLists(step)) sum += memoryOf(steps)
  }
  return sum
}

function unrolled(steps: readonly Step[]): number {
  let sum = 1
  for (const step of steps) {
    const inner = nestedLists(step).reduce((sum, { steps }) => sum + unrolled(steps), 0)
    sum += 1 + (step.kind === 'repeat' ? step.times : 1) * inner
  }
  return sum
}

/** `last`: nothing of the endpoint follows this list. */
function checkForwards(
  steps: readonly Step[],
  base: Path,
  last: boolean,
  reject: (path: Path) => void,
): void {
  steps.forEach((step, i) => {
    const path = [...base, i]
    const final = last && i === steps.length - 1
    if (step.kind === 'forward' && !final) reject([...path, 'forward'])
    for (const inner of nestedLists(step))
      checkForwards(inner.steps, [...path, ...inner.path], final && step.kind === 'choose', reject)
  })
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let i = 0
  while (value >= 1024 && i < units.length - 1) {
    value /= 1024
    i++
  }
  return `${Number(value.toPrecision(4))}${units[i]}`
}
