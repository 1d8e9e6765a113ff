/**
 * Code blocks of the documentation, with what their info strings say to the tests:
 *
 * - `with="--replications 2"` is added to every command, so that it takes less time;
 * - `replace="200k=>2k; 10min=>1min"` changes the text;
 * - `exit="1"` is the exit code that is expected;
 * - `skip="why"` is not run.
 *
 * With DOCS=docs/tutorial in the environment the documents there are read as they are for the reader: nothing is
 * shortened, and all output that is shown is compared.
 */

export type Block = {
  readonly file: string
  /** Of its first fence, from 1. */
  readonly line: number
  readonly language: string
  /** After `replace`. */
  readonly text: string
  readonly add: string
  readonly exit: number
  readonly skip: string | undefined
  /** Whether it runs as it is written, so that its output can be compared. */
  readonly verbatim: boolean
}

export const ONLY: string | undefined = process.env.DOCS

const KNOWN = new Set(['with', 'replace', 'exit', 'skip'])

/** @throws Error on an info string that says something else. */
export function readBlocks(file: string, markdown: string): Block[] {
  const full = ONLY !== undefined
  return [...markdown.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map((match): Block => {
    const line = markdown.slice(0, match.index).split('\n').length
    const [, info = '', body = ''] = match
    const language = /^\w*/.exec(info)![0]
    const said: Record<string, string> = {}
    for (const [, name = '', value = ''] of info.matchAll(/(\w+)="([^"]*)"/g)) {
      if (!KNOWN.has(name)) throw new Error(`${file}:${line}: "${name}" is not known of a code block`)
      said[name] = value
    }
    let text = body
    for (const change of said.replace?.split('; ') ?? []) {
      const [from = '', to] = change.split('=>')
      if (to === undefined || !body.includes(from))
        throw new Error(`${file}:${line}: there is no "${from}" to replace`)
      if (!full) text = text.replaceAll(from, to)
    }
    return {
      ...{
        file,
        line,
        language,
        add: full ? '' : (said.with ?? ''),
        exit: Number(said.exit ?? 0),
        skip: said.skip,
      },
      text,
      verbatim: full || (said.with === undefined && said.replace === undefined),
    }
  })
}

/** Lines of a shell block without comments; ones that end in a backslash go on. */
export function commandsOf({ text }: Block): string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}

/** Words of a command as a POSIX shell reads them, quotes included. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  )
}
