/**
 * Domain randomisation (Tobin et al., "Domain randomization for transferring deep neural networks from simulation to the
 * real world", IROS 2017): each episode runs a scenario whose fields are drawn from ranges.
 */
import { ConfigError, type Problem } from '../../src/errors.ts'
import { Stream } from '../../src/random/index.ts'
import { exp, log } from '../../src/random/math.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { readScenario } from './scenario-source.ts'

/** How the values of a field are drawn. Numbers are in the field's base unit (seconds, per second). */
type Range =
  | { readonly kind: 'uniform' | 'logUniform' | 'integers'; readonly low: number; readonly high: number }
  | { readonly kind: 'choices'; readonly choices: readonly unknown[] }

/** Path of a field -> the value that an episode has there. */
export type DrawnFields = Readonly<Record<string, unknown>>

export type DrawnScenario = { readonly scenario: Scenario; readonly fields: DrawnFields }

/** A place within a range that is no round number in any. */
const INSIDE = 0.3819

export class Randomizer {
  private readonly source: unknown
  private readonly ranges: readonly (readonly [path: string, range: Range])[]
  private readonly shapeOf: (scenario: Scenario) => object
  private readonly shape: Readonly<Record<string, unknown>>

  /**
   * `ranges`: path of a field of the scenario -> `[low, high]` or `{ uniform: [low, high] }`, `{ logUniform: [low, high] }`,
   * `{ integers: [low, high] }` (both may come), `{ choices: [...] }`. `shapeOf`: by name, what the spaces depend on and
   * therefore no range may change.
   *
   * @throws ConfigError on ranges that are none, and on fields that do not exist, do not take the values, or change
   * the shape.
   */
  constructor(source: unknown, ranges: unknown, shapeOf: (scenario: Scenario) => object) {
    if (typeof source !== 'string') {
      const hint = 'Give the name, the path or the text of a scenario.'
      throw new ConfigError([{ what: 'a loaded scenario cannot be randomised', path: 'randomize', hint }])
    }
    this.source = source
    this.ranges = readRanges(ranges)
    this.shapeOf = shapeOf
    this.shape = shapeOf(readScenario(source)) as Record<string, unknown>
    for (const [path, range] of this.ranges) {
      for (const value of range.kind === 'choices' ? range.choices : [range.low, range.high]) {
        this.scenario({ [path]: value })
      }
      // A field of integers takes the ends of a range, but not what lies between.
      if (range.kind === 'uniform' || range.kind === 'logUniform') {
        this.scenario({ [path]: range.low + INSIDE * (range.high - range.low) })
      }
    }
  }

  /** The scenario of the episode of that seed. @throws ConfigError where the fields do not go together. */
  draw(seed: string): DrawnScenario {
    const fields: Record<string, unknown> = {}
    for (const [path, range] of this.ranges) {
      fields[path] = drawn(range, Stream.derive(seed, `randomize/${path}`))
    }
    return { scenario: this.scenario(fields), fields }
  }

  private scenario(fields: DrawnFields): Scenario {
    const set = Object.entries(fields).map(([path, value]) => ({ path, value }))
    const scenario = within(() => readScenario(this.source, set))
    const shape = this.shapeOf(scenario) as Record<string, unknown>
    const problems: Problem[] = Object.keys(this.shape)
      .filter((name) => shape[name] !== this.shape[name])
      .map((name) => ({
        what: `${describe(fields)} makes ${shape[name]} ${name} of ${this.shape[name]}, and the spaces would change`,
        path: 'randomize',
        hint: 'Randomise fields that leave the spaces as they are.',
      }))
    if (problems.length > 0) throw new ConfigError(problems)
    return scenario
  }
}

function drawn(range: Range, stream: Stream): unknown {
  if (range.kind === 'choices') return range.choices[stream.int(range.choices.length)]
  const { kind, low, high } = range
  if (kind === 'integers') return low + stream.int(high - low + 1)
  const u = stream.next()
  if (kind === 'uniform') return low + (high - low) * u
  // Rounding must not leave the range.
  return Math.min(high, Math.max(low, exp(log(low) + (log(high) - log(low)) * u)))
}

/** Problems of a scenario, as problems of the option. */
function within<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(
      error.problems.map((problem) => ({ ...problem, path: `randomize.${problem.path}` })),
    )
  }
}

function describe(fields: DrawnFields): string {
  return Object.entries(fields)
    .map(([path, value]) => `${path} = ${JSON.stringify(value)}`)
    .join(', ')
}

const HINT = 'Write [low, high], or one of uniform, logUniform, integers and choices, as { choices: [1, 2] }.'

function readRanges(given: unknown): [string, Range][] {
  const problems: Problem[] = []
  const reject = (what: string, path: string): undefined => {
    problems.push({ what, path, hint: HINT })
    return undefined
  }
  if (
    typeof given !== 'object' ||
    given === null ||
    Array.isArray(given) ||
    Object.keys(given).length === 0
  ) {
    throw new ConfigError([
      {
        what: `expected a range by path, got ${JSON.stringify(given)}`,
        path: 'randomize',
        hint: 'Write e.g. { "services.web.cores": { choices: [1, 2] } }.',
      },
    ])
  }
  const ranges: [string, Range][] = []
  for (const [path, value] of Object.entries(given)) {
    const range = readRange(value, (what) => reject(what, `randomize.${path}`))
    if (range !== undefined) ranges.push([path, range])
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return ranges
}

function readRange(value: unknown, reject: (what: string) => undefined): Range | undefined {
  const entries: [string, unknown][] = Array.isArray(value)
    ? [['uniform', value]]
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : []
  const [entry] = entries
  if (entry === undefined || entries.length !== 1)
    return reject(`expected a range, got ${JSON.stringify(value)}`)
  const [kind, bounds] = entry
  if (kind === 'choices') {
    if (!Array.isArray(bounds) || bounds.length === 0) return reject('expected a list of choices')
    return { kind, choices: bounds as unknown[] }
  }
  if (kind !== 'uniform' && kind !== 'logUniform' && kind !== 'integers') {
    return reject(`unknown range "${kind}"`)
  }
  const [low, high] = Array.isArray(bounds) && bounds.length === 2 ? (bounds as unknown[]) : []
  const valid = kind === 'integers' ? Number.isSafeInteger : Number.isFinite
  if (!valid(low) || !valid(high) || !((low as number) <= (high as number))) {
    return reject(
      `expected two ${kind === 'integers' ? 'integers' : 'numbers'}, the lower first, got ${JSON.stringify(bounds)}`,
    )
  }
  if (kind === 'logUniform' && !((low as number) > 0)) return reject('the bounds of logUniform are above 0')
  return { kind, low: low as number, high: high as number }
}
