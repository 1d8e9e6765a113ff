/** Results from files, as what they must be. */
import type { ReportInput } from '../../report/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { fromJson, fromMsgpack } from '../../src/results/index.ts'
import { readInput, readText } from '../input/files.ts'

export function readReportInput(
  file: string,
  others: { readonly monteCarlo?: string | undefined; readonly comparison?: string | undefined },
): ReportInput {
  return {
    result: file.endsWith('.msgpack') ? fromMsgpack(readInput(file)) : fromJson(readText(file)),
    monteCarlo: readKind(others.monteCarlo, 'monte-carlo') as ReportInput['monteCarlo'],
    comparison: readKind(others.comparison, 'compare') as ReportInput['comparison'],
  }
}

/** @throws ConfigError on a file that another command wrote. */
function readKind(file: string | undefined, kind: string): unknown {
  if (file === undefined) return undefined
  let value: { kind?: unknown }
  try {
    value = JSON.parse(readText(file)) as { kind?: unknown }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError([
      { what: 'no JSON', path: '', file, hint: `Give what \`asyncflow ${kind} --out\` wrote.` },
    ])
  }
  if (value?.kind === kind) return value
  const what = `expected the result of a ${kind}, got ${JSON.stringify(value?.kind ?? 'something else')}`
  throw new ConfigError([{ what, path: 'kind', file, hint: `Give what \`asyncflow ${kind} --out\` wrote.` }])
}
