/**
 * What a plain scalar means to PyYAML, which AsyncFlow reads its files with: YAML 1.1 with its own floats.
 * `1e-3` is a text (no point), `1.0e3` too (no sign), `on` is true, `010` is eight, `1:30` is ninety.
 */

const BOOLEANS = new Map([
  ...['yes', 'true', 'on'].flatMap((word) => forms(word, true)),
  ...['no', 'false', 'off'].flatMap((word) => forms(word, false)),
])
const NULL = /^(?:~|null|Null|NULL|)$/
const INTEGER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|0|[1-9][0-9_]*(?::[0-5]?[0-9])*)$/
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/
const INFINITE = /^([-+])?\.(?:inf|Inf|INF)$/
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/

function forms(word: string, value: boolean): [string, boolean][] {
  return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()].map((form) => [form, value])
}

export function resolveScalar(text: string): string | number | boolean | null {
  if (NULL.test(text)) return null
  const truth = BOOLEANS.get(text)
  if (truth !== undefined) return truth
  if (INTEGER.test(text)) return integerOf(text)
  if (FLOAT.test(text)) return text.includes(':') ? sexagesimal(text) : Number(text.replaceAll('_', ''))
  const infinite = INFINITE.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return NOT_A_NUMBER.test(text) ? Number.NaN : text
}

function integerOf(text: string): number {
  if (text.includes(':')) return sexagesimal(text)
  const digits = text.replaceAll('_', '')
  const negative = digits.startsWith('-')
  const body = digits.replace(/^[-+]/, '')
  const octal = /^0[0-7]+$/.test(body)
  const value = octal ? Number(`0o${body.slice(1)}`) : Number(body)
  return negative ? -value : value
}

function sexagesimal(text: string): number {
  const negative = text.startsWith('-')
  const parts = text.replace(/^[-+]/, '').replaceAll('_', '').split(':')
  const value = parts.reduce((sum, part) => sum * 60 + Number(part), 0)
  return negative ? -value : value
}
