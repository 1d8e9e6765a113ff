/** Numbers as the report writes them: three significant digits and the unit that fits. */
const TIMES: readonly (readonly [string, number])[] = [
  ['s', 1],
  ['ms', 1e-3],
  ['µs', 1e-6],
  ['ns', 1e-9],
]

export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (value === 0) return '0 s'
  const [unit, size] = TIMES.find(([, least]) => Math.abs(value) >= least) ?? ['ns', 1e-9]
  return `${number(value / size)} ${unit}`
}

/** `94.9 to 95 ms`: the unit once where both have the same. */
export function range(low: string, high: string): string {
  const unit = / \S+$/.exec(high)?.[0] ?? ''
  return unit !== '' && low.endsWith(unit) ? `${low.slice(0, -unit.length)} to ${high}` : `${low} to ${high}`
}

export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${number(value * 100)} %`
}

export function perSecond(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${number(value)}/s`
}

export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (Number.isInteger(value)) return String(value)
  if (Math.abs(value) >= 1000) return String(Math.round(value))
  return String(Number(value.toPrecision(3)))
}
