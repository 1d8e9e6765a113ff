/** What `asyncflow compare` and `asyncflow sweep` do between their arguments and their output. */
import { type CompareResult, compare, type Variant } from '../../src/analysis/monte-carlo/index.ts'
import { loadScenarioFile } from '../input/scenario.ts'
import { type Axis, settingsOf } from '../input/vary.ts'
import type { Output } from '../terminal/output.ts'
import { withReplications } from './with-replications.ts'

export type CompareArguments = {
  readonly vary?: readonly Axis[] | undefined
  readonly replications?: number | undefined
  readonly metric?: string | undefined
  readonly maximize?: boolean | undefined
  readonly seed?: number | string | undefined
  readonly drain?: boolean | undefined
  readonly workers?: number | undefined
}

/** Every file with every combination of what varies. */
export async function compareFiles(
  files: readonly string[],
  options: CompareArguments,
  output: Output,
): Promise<{ readonly value: CompareResult; readonly stopped: boolean }> {
  const settings = settingsOf(options.vary ?? [])
  const told = new Set<string>()
  // What all variants have in common is said once.
  const warnOnce = (line: string): void => {
    if (!told.has(line)) output.warn(line)
    told.add(line)
  }
  const variants = files.flatMap((file) =>
    settings.map(({ label, set }): Variant => {
      const scenario = loadScenarioFile(file, { warn: warnOnce }, set)
      const alone = files.length === 1
      return { name: alone ? label || scenario.name : `${fileName(file)} ${label}`.trim(), scenario }
    }),
  )
  const { replications, metric, maximize, seed, drain } = options
  return withReplications(options.workers, output, (tools) =>
    compare(variants, { replications, metric, maximize, seed, drain, ...tools }),
  )
}

function fileName(file: string): string {
  return (file.split(/[/\\]/).at(-1) ?? file).replace(/\.[^.]*$/, '')
}
