/** Data goes to stdout, talk to stderr; `--quiet` silences the talk, errors excepted. */
import { paint } from './style.ts'

export type OutputOptions = { readonly json?: boolean | undefined; readonly quiet?: boolean | undefined }

export class Output {
  readonly json: boolean
  readonly quiet: boolean

  constructor(options: OutputOptions) {
    this.json = options.json === true
    this.quiet = options.quiet === true
  }

  /** The result of the command: as JSON under `--json`, else the text. */
  result(value: unknown, text: () => string): void {
    process.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : text())
  }

  talk(line: string): void {
    if (!this.quiet) process.stderr.write(`${line}\n`)
  }

  warn(line: string): void {
    this.talk(`${paint(process.stderr, 'yellow', 'warning:')} ${line}`)
  }
}
