/** Colour where it is wanted: on a terminal, unless NO_COLOR is set (no-color.org); FORCE_COLOR overrides. */
import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

export function paint(stream: NodeJS.WriteStream, format: Format, text: string): string {
  return wantsColor(stream) ? styleText(format, text) : text
}

function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR && FORCE_COLOR !== '0') return true
  return stream.isTTY === true && TERM !== 'dumb'
}

/** The heading of a section on stdout. */
export function title(text: string): string {
  return paint(process.stdout, 'bold', text)
}
