/** Packages that are not installed with this one, since few need them: loaded when asked for, or a word on what to do. */
import { ConfigError } from '../../src/errors.ts'

/**
 * @param load imports it, e.g. `() => import('hyparquet-writer')`.
 * @param option the option that needs it, e.g. `--out`.
 * @param hint what to install, and what does without.
 * @throws ConfigError where the package is not there or does not load.
 */
export async function loadOptional<T>(
  load: () => Promise<T>,
  name: string,
  option: string,
  hint: string,
): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
    const what =
      code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
        ? `the optional package ${name} is not installed`
        : `the optional package ${name} does not load: ${reason}`
    throw new ConfigError([{ what, path: option, hint }])
  }
}
