/** Readers of option values; each throws commander's InvalidArgumentError, which names the option. */
import { InvalidArgumentError } from 'commander'
import { parseQuantity } from '../../src/scenario/units.ts'

const SUFFIX: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 }

/** A whole number of at least 1: `500`, `200k`, `1.5M`, `1e6`. */
export function parseCount(text: string): number {
  const match = /^(\d+(?:\.\d+)?(?:e\d+)?)([kmg]?)$/i.exec(text.replaceAll('_', ''))
  const value = match ? Number(match[1]) * (SUFFIX[match[2]?.toLowerCase() ?? ''] ?? 1) : Number.NaN
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('Give a whole number of at least 1, such as 500, 200k or 1e6.')
}

/** A run's seed: a whole number, or a text such as `42/3` (replication 3 of seed 42). */
export function parseSeed(text: string): number | string {
  if (/^\d+$/.test(text)) return parseIntegerSeed(text)
  if (/^[\w.-]+(?:\/[\w.-]+)*$/.test(text) && !text.startsWith('-')) return text
  throw new InvalidArgumentError('Give a whole number of at least 0, or a name such as 42/3.')
}

/** A whole number of at least 0. */
export function parseIntegerSeed(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('Give a whole number of at least 0.')
}

/** A whole number below 2^31: the seeds above are those of evaluation and tuning. */
export function parseTrainingSeed(text: string): number {
  const value = parseIntegerSeed(text)
  if (value < 2 ** 31) return value
  throw new InvalidArgumentError('Give a whole number below 2147483648; evaluation uses the seeds above.')
}

/** `a,b,c`, spaces allowed; none empty. */
export function parseList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.every((item) => item !== '')) return items
  throw new InvalidArgumentError('Give names separated by commas.')
}

/** As a duration, 0 allowed, or `auto`. */
export function parseWarmup(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (/^0[a-z]*$/.test(text)) return 0
  return parseDurationOption(text)
}

/** One value of a repeatable option, added to those before. */
export function collect(text: string, before: string[] = []): string[] {
  return [...before, text]
}

/**
 * One `key=value` of a repeatable option, added to those before. Values read as JSON where they are JSON
 * (`3`, `true`, `[64,64]`), counts may have a suffix (`10k`), anything else is text. A dot in the key nests.
 */
export function collectSetting(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const at = text.indexOf('=')
  const path = text.slice(0, at).trim().split('.')
  if (at < 1 || path.some((key) => key === '' || key === '__proto__')) {
    throw new InvalidArgumentError('Give key=value.')
  }
  const settings = { ...before }
  let owner = settings
  for (const key of path.slice(0, -1)) {
    const inner = owner[key]
    owner = owner[key] = typeof inner === 'object' && inner !== null ? { ...inner } : {}
  }
  owner[path.at(-1) ?? ''] = parseValue(text.slice(at + 1).trim())
  return settings
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return /^\d+(\.\d+)?[kmg]$/i.test(text) ? parseCount(text) : text
  }
}

/** Seconds, or a number with a unit: `90s`, `10min`, `1.5h`; more than 0. */
export function parseDurationOption(text: string): number {
  const parsed = parseQuantity(/^[\d.]+$/.test(text) ? `${text}s` : text, 'duration')
  if ('what' in parsed) throw new InvalidArgumentError(`${parsed.what}. ${parsed.hint}`)
  if (parsed.value > 0) return parsed.value
  throw new InvalidArgumentError('Give a time above 0, such as 90s, 10min or 1.5h.')
}
