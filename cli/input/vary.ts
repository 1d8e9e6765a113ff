/** `--vary services.web.replicas=2..8`: which fields vary over what, and the variants that follow. */
import { InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import type { Override } from '../../src/scenario/overrides.ts'

export type Axis = {
  readonly path: string
  readonly values: readonly { readonly text: string; readonly value: unknown }[]
}

/** Variants of one scenario: what to set, and how it is called. */
export type Setting = {
  readonly label: string
  readonly set: readonly Override[]
  readonly texts: readonly string[]
}

const MAX_VARIANTS = 1000

/**
 * One `path=values` of a repeatable option. Values are a list as YAML writes it, without the brackets
 * (`round-robin, { prequal: { poolSize: 8 } }`), or a range of numbers with both ends (`2..10`, `0.1..0.5:0.1`).
 */
export function collectVary(text: string, before: readonly Axis[] = []): Axis[] {
  const at = text.indexOf('=')
  const path = text.slice(0, at).trim()
  const values = text.slice(at + 1).trim()
  if (at < 1 || path === '' || values === '') {
    throw new InvalidArgumentError(
      'Give path=values, such as services.web.replicas=2..8 or balancers.edge.policy=jsq,random.',
    )
  }
  if (before.some((axis) => axis.path === path)) throw new InvalidArgumentError(`${path} is given twice.`)
  return [...before, { path, values: readRange(values) ?? readValues(values) }]
}

function readRange(text: string): Axis['values'] | undefined {
  const match = /^(-?[\d.]+(?:e-?\d+)?)\s*\.\.\s*(-?[\d.]+(?:e-?\d+)?)(?:\s*:\s*([\d.]+(?:e-?\d+)?))?$/i.exec(
    text,
  )
  if (match === null) return undefined
  const [from, to, step] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)]
  const count = Math.floor((to - from) / step + 1e-9) + 1
  if (!(step > 0) || !(count >= 1)) {
    throw new InvalidArgumentError(
      'Give a range from the smaller number to the larger, such as 2..10 or 0.1..0.5:0.1.',
    )
  }
  if (count > MAX_VARIANTS) throw new InvalidArgumentError(`Give a range of at most ${MAX_VARIANTS} values.`)
  return Array.from({ length: count }, (_, i) => {
    // Rounded, so that 0.1 + 2 x 0.1 is called 0.3.
    const value = Number((from + i * step).toPrecision(12))
    return { text: String(value), value }
  })
}

function readValues(text: string): Axis['values'] {
  let list: unknown
  try {
    list = parse(`[${text}]`, { maxAliasCount: 0 })
  } catch {
    throw new InvalidArgumentError('Give values separated by commas, mappings in braces as in YAML.')
  }
  return (list as unknown[]).map((value) => ({ text: describe(value), value }))
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '')
}

/** Every combination of the axes, the last one fastest; of none, the scenario as it is. */
export function settingsOf(axes: readonly Axis[]): Setting[] {
  const count = axes.reduce((product, axis) => product * axis.values.length, 1)
  if (count > MAX_VARIANTS) {
    throw new InvalidArgumentError(
      `These are ${count} combinations; at most ${MAX_VARIANTS} are run at once.`,
    )
  }
  let settings: Setting[] = [{ label: '', set: [], texts: [] }]
  for (const { path, values } of axes) {
    settings = settings.flatMap(({ set, texts }) =>
      values.map(({ text, value }) => ({
        label: '',
        set: [...set, { path, value }],
        texts: [...texts, text],
      })),
    )
  }
  const short = shortNames(axes.map(({ path }) => path))
  return settings.map((setting) => ({
    ...setting,
    label:
      axes.length === 1 ? setting.texts[0]! : setting.texts.map((text, i) => `${short[i]}=${text}`).join(' '),
  }))
}

/** The shortest ends of the paths that tell them apart. */
export function shortNames(paths: readonly string[]): string[] {
  return paths.map((path) => {
    const parts = path.split('.')
    for (let n = 1; n < parts.length; n++) {
      const end = parts.slice(-n).join('.')
      if (paths.filter((other) => other === end || other.endsWith(`.${end}`)).length === 1) return end
    }
    return path
  })
}
