/** Quantities: numbers in SI units, or texts with a unit such as `20ms`, `512MiB`, `120/s`, `0.1%`. */

export type Dimension = 'duration' | 'size' | 'rate' | 'fraction'

/** `power` moves the decimal point, so that `29ms` is the double nearest to 0.029. */
type Unit = {
  readonly dimension: Dimension
  readonly power?: number
  readonly times?: number
  readonly over?: number
}

const UNITS: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ['ns', { dimension: 'duration', power: -9 }],
  ['us', { dimension: 'duration', power: -6 }],
  ['ms', { dimension: 'duration', power: -3 }],
  ['s', { dimension: 'duration' }],
  ['min', { dimension: 'duration', times: 60 }],
  ['h', { dimension: 'duration', times: 3600 }],
  ['d', { dimension: 'duration', times: 86400 }],
  ['B', { dimension: 'size' }],
  ['kB', { dimension: 'size', power: 3 }],
  ['MB', { dimension: 'size', power: 6 }],
  ['GB', { dimension: 'size', power: 9 }],
  ['TB', { dimension: 'size', power: 12 }],
  ['KiB', { dimension: 'size', times: 1024 }],
  ['MiB', { dimension: 'size', times: 1048576 }],
  ['GiB', { dimension: 'size', times: 1073741824 }],
  ['TiB', { dimension: 'size', times: 1099511627776 }],
  ['/s', { dimension: 'rate' }],
  ['/min', { dimension: 'rate', over: 60 }],
  ['/h', { dimension: 'rate', over: 3600 }],
  ['%', { dimension: 'fraction', power: -2 }],
])

/** How each dimension is called and written, for errors and for editors. */
export const DIMENSIONS: Readonly<
  Record<Dimension, { readonly article: string; readonly si: string; readonly examples: readonly string[] }>
> = {
  duration: { article: 'a duration', si: 'seconds', examples: ['20ms', '1.5s', '10min'] },
  size: { article: 'a size', si: 'bytes', examples: ['512MiB', '2GB', '64KiB'] },
  rate: { article: 'a rate', si: 'events per second', examples: ['120/s', '600/min'] },
  fraction: { article: 'a fraction', si: 'a number from 0 to 1', examples: ['0.1%', '60%'] },
}

const QUANTITY = /^\s*([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+))?\s*([a-zA-Zµμ/%]*)\s*$/

export type Parsed = { readonly value: number } | { readonly what: string; readonly hint: string }

/** The number in the SI unit, or what is wrong with the text. */
export function parseQuantity(text: string, dimension: Dimension): Parsed {
  const { article, examples } = DIMENSIONS[dimension]
  const what = `expected ${article}, got ${JSON.stringify(clip(text))}`
  const write = `Write ${article} such as ${examples[0]}.`
  const match = QUANTITY.exec(text)
  if (match === null) return { what, hint: write }
  const [, digits = '', exponent = '0', symbol = ''] = match
  if (symbol === '') {
    return {
      what,
      hint: `Add a unit (${unitsOf(dimension)}), or remove the quotes to mean ${DIMENSIONS[dimension].si}.`,
    }
  }
  const unit = UNITS.get(symbol)
  if (unit === undefined) {
    const meant = unitMeant(symbol, dimension)
    return {
      what: `unknown unit "${symbol}" in ${JSON.stringify(clip(text))}`,
      hint: meant === undefined ? `Units of ${article} are ${unitsOf(dimension)}.` : `Did you mean ${meant}?`,
    }
  }
  if (unit.dimension !== dimension) {
    return {
      what: `expected ${article}, got ${DIMENSIONS[unit.dimension].article}: ${JSON.stringify(clip(text))}`,
      hint: write,
    }
  }
  const scaled = Number(`${digits}e${Number(exponent) + (unit.power ?? 0)}`)
  const value = (scaled * (unit.times ?? 1)) / (unit.over ?? 1)
  return Number.isFinite(value)
    ? { value }
    : { what: `${article} must be finite, got ${JSON.stringify(clip(text))}`, hint: write }
}

/** A regular expression of the texts of this dimension, for editors. */
export function quantityPattern(dimension: Dimension): string {
  const units = [...UNITS].filter(([, unit]) => unit.dimension === dimension).map(([symbol]) => symbol)
  return `^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?\\s*(${units.join('|')})\\s*$`
}

function unitsOf(dimension: Dimension): string {
  return [...UNITS]
    .filter(([, unit]) => unit.dimension === dimension)
    .map(([symbol]) => symbol)
    .join(', ')
}

function unitMeant(symbol: string, dimension: Dimension): string | undefined {
  if (symbol === 'm') return 'ms or min'
  const spelled: Readonly<Record<string, string>> = {
    µs: 'us',
    μs: 'us',
    sec: 's',
    secs: 's',
    second: 's',
    seconds: 's',
    mins: 'min',
    minute: 'min',
    minutes: 'min',
    hr: 'h',
    hour: 'h',
    hours: 'h',
    day: 'd',
    days: 'd',
    k: 'kB',
    g: 'GB',
    rps: '/s',
    rpm: '/min',
    hz: '/s',
    '/sec': '/s',
    '/m': '/min',
    '/hour': '/h',
  }
  const lower = symbol.toLowerCase()
  if (Object.hasOwn(spelled, lower)) return spelled[lower]
  for (const [known, unit] of UNITS)
    if (unit.dimension === dimension && known.toLowerCase() === lower) return known
  return undefined
}

/** At most 40 characters, for messages. */
export function clip(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`
}
