import type { Step } from './types.ts'

/** The steps with `change` applied to each, from the inside out. `path`: where the step is, below that of the list. */
export function mapSteps(
  steps: readonly Step[],
  path: readonly (string | number)[],
  change: (step: Step, path: readonly (string | number)[]) => Step,
): Step[] {
  return steps.map((step, i) => {
    const at = [...path, i]
    const inner = (list: readonly Step[], ...below: (string | number)[]): Step[] =>
      mapSteps(list, [...at, ...below], change)
    switch (step.kind) {
      case 'repeat':
      case 'transaction':
        return change({ ...step, steps: inner(step.steps, step.kind, 'steps') }, at)
      case 'parallel':
        return change({ ...step, branches: step.branches.map((list, b) => inner(list, 'parallel', b)) }, at)
      case 'choose':
        return change(
          {
            ...step,
            options: step.options.map(({ weight, steps }, o) => ({
              weight,
              steps: inner(steps, 'choose', o, 'steps'),
            })),
          },
          at,
        )
      default:
        return change(step, at)
    }
  })
}
