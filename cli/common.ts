/** What all commands share: the four options, and the way from an action's return value to the exit code. */
import type { Command } from 'commander'
import type { ExitCode } from './exit-codes.ts'
import { parseSeed } from './input/arguments.ts'
import { Output, type OutputOptions } from './terminal/output.ts'

export type CommonOptions = {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly seed?: number | string
  readonly out?: string
}

type CommonTexts = {
  /** Help of `--out`, and its reader where it may be repeated. */
  readonly out: string
  readonly parseOut?: (text: string, before: string[] | undefined) => string[]
  /** Help and reader of `--seed`; without them the command has nothing random. */
  readonly seed?: string
  readonly parseSeed?: (text: string) => number | string
}

export function withCommon(command: Command, texts: CommonTexts): Command {
  command
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print the result and errors only')
    .option(
      '--seed <seed>',
      texts.seed ?? 'accepted by every command; nothing is random here',
      texts.parseSeed ?? parseSeed,
    )
  return texts.parseOut === undefined
    ? command.option('--out <path>', texts.out)
    : command.option<string[] | undefined>('--out <path>', texts.out, texts.parseOut)
}

/** commander's action with our output and exit code: `run(output, options, ...arguments)`. */
export function action<Options extends OutputOptions, Arguments extends unknown[]>(
  run: (output: Output, options: Options, ...parameters: Arguments) => ExitCode | Promise<ExitCode>,
): (...parameters: unknown[]) => Promise<void> {
  return async (...parameters) => {
    // commander passes the arguments, then the options, then the command.
    const options = parameters.at(-2) as Options
    process.exitCode = await run(new Output(options), options, ...(parameters.slice(0, -2) as Arguments))
  }
}

/** The command line that gives the same again, with the seed and the further options written out. */
export function reproduceLine(
  seed: number | string | undefined,
  more: Readonly<Record<string, string | true>> = {},
  argv: readonly string[] = process.argv.slice(2),
): string {
  const words = [...argv]
  const options: Record<string, string | true> = {
    ...(seed !== undefined && { seed: String(seed) }),
    ...more,
  }
  for (const [name, value] of Object.entries(options)) {
    const given = argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))
    if (!given) words.push(`--${name}`, ...(value === true ? [] : [value]))
  }
  return `npx asyncflow ${words.map(quoteWord).join(' ')}`
}

/** A word for a POSIX shell. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
