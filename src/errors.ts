/** Every error that this package throws on purpose. Text: `<what> (<where>). <what to do>`. */
export class SimError extends Error {
  /** Stable, kebab-case; what a program should branch on. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

export type Problem = {
  /** What is wrong, lower case, without a full stop. */
  readonly what: string
  /** Dotted path of the field, e.g. `services.web.cores`. */
  readonly path: string
  /** What to do, a sentence. */
  readonly hint?: string | undefined
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** A scenario, an option or a file that cannot be used, with one entry per problem found. */
export class ConfigError extends SimError {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super('config', problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

export class ResetNeededError extends SimError {
  constructor(what = 'step() was called before reset()') {
    super('reset-needed', `${what}. Call reset() first.`)
  }
}

export class InvalidActionError extends SimError {
  readonly action: unknown
  constructor(action: unknown, message: string) {
    super('invalid-action', message)
    this.action = action
  }
}

export class UnknownIdError extends SimError {
  readonly id: string
  constructor(id: string, message: string) {
    super('unknown-id', message)
    this.id = id
  }
}

/** `expected …, got 0 (scenario.yml:12:7 services.web.cores). Give at least 1.` */
export function formatProblem(problem: Problem): string {
  const position =
    problem.line === undefined
      ? (problem.file ?? '')
      : `${problem.file ?? 'scenario'}:${problem.line}:${problem.column ?? 1}`
  const where = [position, problem.path].filter((part) => part !== '').join(' ')
  return `${problem.what}${where === '' ? '' : ` (${where})`}.${problem.hint ? ` ${problem.hint}` : ''}`
}
