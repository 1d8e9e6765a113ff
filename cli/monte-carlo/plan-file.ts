/** What `asyncflow plan` does between its arguments and its output. */
import { type PlanResult, plan } from '../../src/analysis/monte-carlo/index.ts'
import { loadScenarioFile } from '../input/scenario.ts'
import { type Axis, settingsOf } from '../input/vary.ts'
import type { Output } from '../terminal/output.ts'
import { withReplications } from './with-replications.ts'

export type PlanArguments = {
  readonly vary: readonly Axis[]
  readonly slo?: readonly string[] | undefined
  readonly confidence?: number | undefined
  readonly max?: number | undefined
  readonly any?: boolean | undefined
  readonly seed?: number | string | undefined
  readonly workers?: number | undefined
}

/** One field with numbers is searched by bisection; anything else, or `any`, by elimination. */
export async function planFile(
  file: string,
  options: PlanArguments,
  output: Output,
): Promise<{ readonly value: PlanResult; readonly stopped: boolean }> {
  const { vary, slo, confidence, max, seed } = options
  const objectives = slo === undefined ? [] : [{ path: 'slo', value: slo }]
  const configurations = settingsOf(vary).map(({ label, set }, i) => ({
    name: label,
    scenario: loadScenarioFile(file, i === 0 ? output : { warn() {} }, [...objectives, ...set]),
  }))
  const rising = vary.length === 1 && isRising(vary[0]!.values.map(({ value }) => value))
  const search = rising && options.any !== true ? 'monotone' : 'elimination'
  return withReplications(options.workers, output, ({ executor, onDone, signal }) => {
    const most = (max ?? 200) * configurations.length
    const runs = new Map<string, number>()
    const onTrial = (name: string, replications: number): void => {
      runs.set(name, replications)
      onDone(
        [...runs.values()].reduce((sum, count) => sum + count, 0),
        most,
      )
    }
    return plan(configurations, { search, confidence, max, seed, executor, signal, onTrial })
  })
}

function isRising(values: readonly unknown[]): boolean {
  return values.every(
    (value, i) => typeof value === 'number' && (i === 0 || value > (values[i - 1] as number)),
  )
}
