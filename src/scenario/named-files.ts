/** The files that a scenario names: read by what the loader was given for that, once each. */
import type { LoadOptions } from './options.ts'
import type { Path } from './path.ts'
import type { Problems } from './problems.ts'

export class NamedFiles {
  private readonly problems: Problems
  private readonly options: LoadOptions
  private readonly texts = new Map<string, string | undefined>()

  constructor(problems: Problems, options: LoadOptions) {
    this.problems = problems
    this.options = options
  }

  /** The text of the file that the field at `path` names; undefined where it cannot be read, which is a problem then. */
  read(file: string, path: Path): string | undefined {
    if (this.texts.has(file)) return this.texts.get(file)
    const text = this.resolve(file, path)
    this.texts.set(file, text)
    return text
  }

  private resolve(file: string, path: Path): string | undefined {
    const { resolve } = this.options
    if (resolve === undefined) {
      const hint = 'Give the values in the scenario, or a "resolve" function to the loader.'
      this.problems.add(path, 'files cannot be read here', hint)
      return undefined
    }
    try {
      return resolve(file)
    } catch (error) {
      this.problems.add(
        path,
        `cannot read "${file}": ${(error as Error).message.replace(/\.+$/, '')}`,
        'Paths are relative to the scenario.',
      )
      return undefined
    }
  }
}
