/** Many runs of one scenario: how sure one can be of its figures. */
import { SimError } from '../../errors.ts'
import { Stream } from '../../random/stream.ts'
import type { Truncation } from '../../results/types.ts'
import { scenarioHash } from '../../scenario/hash.ts'
import type { Scenario } from '../../scenario/types.ts'
import { VERSION } from '../../version.ts'
import type { Interval } from '../interval.ts'
import { wilsonInterval } from '../proportion-interval.ts'
import { type Band, bandOf } from './bands.ts'
import { collect } from './collect.ts'
import { type Estimate, estimateOf, metricNames } from './estimate.ts'
import { inProcessReplications, type Replication, type ReplicationExecutor } from './replication.ts'
import { findWarmup } from './warmup.ts'

/** Replications before the precision is looked at, and between looks. */
export const FIRST_LOOK = 20
export const LOOK_EVERY = 10

export type MonteCarloOptions = {
  /** Replication i is `run --seed seed/i`. @default the scenario's own */
  readonly seed?: number | string | undefined
  /** Exactly so many. @default 20, without `precision` */
  readonly replications?: number | undefined
  /** Runs until the relative half-width of every one of `targets` is at most this, e.g. 0.02. */
  readonly precision?: number | undefined
  /** @default `['latency.mean', 'latency.p95']` */
  readonly targets?: readonly string[] | undefined
  /** Most replications under `precision`. @default 1000 */
  readonly max?: number | undefined
  /** Of every interval. @default 0.95 */
  readonly level?: number | undefined
  /** Seconds cut from the start of every run, or `auto`: as `findWarmup` says. @default the scenario's own */
  readonly warmup?: number | 'auto' | undefined
  readonly drain?: boolean | undefined
  /** Series to draw bands over. */
  readonly series?: readonly string[] | undefined
  /** @default this thread */
  readonly executor?: ReplicationExecutor | undefined
  readonly onDone?: ((done: number, wanted: number) => void) | undefined
  /** Stops with what is done. */
  readonly signal?: AbortSignal | undefined
}

export type MonteCarloResult = {
  readonly schema: 1
  readonly kind: 'monte-carlo'
  readonly version: string
  readonly scenario: { readonly name: string; readonly hash: string }
  readonly seed: number | string
  readonly replications: number
  readonly level: number
  readonly stop: {
    readonly rule: 'replications' | 'precision'
    /** Whether what was asked for was reached. */
    readonly reached: boolean
    readonly precision: number | null
    /** Relative half-widths of the targets at the end; null where there is no finite one. */
    readonly halfWidths: Readonly<Record<string, number | null>>
  }
  /** How the start of a run is kept out of the figures. */
  readonly warmup: { readonly seconds: number; readonly method: 'declared' } | Truncation
  readonly estimates: Readonly<Record<string, Estimate>>
  /** Share of replications that met the objective, Wilson's interval. */
  readonly slo: readonly { readonly text: string; readonly met: number; readonly probability: Interval }[]
  readonly time: readonly number[]
  readonly bands: Readonly<Record<string, Band>>
  /** Codes of the runs' warnings, and in how many runs each occurred. */
  readonly warnings: Readonly<Record<string, number>>
}

const TARGETS = ['latency.mean', 'latency.p95']

/** @throws SimError on options that contradict each other, or a target that is no metric. */
export async function monteCarlo(
  declared: Scenario,
  options: MonteCarloOptions = {},
): Promise<MonteCarloResult> {
  const { precision, targets = TARGETS, max = 1000, level = 0.95, drain, series = [] } = options
  const seed = options.seed ?? declared.seed
  check(options)
  const executor = options.executor ?? inProcessReplications()
  const warmup = await warmupOf(declared, seed, options.warmup, executor)
  const scenario = { ...declared, warmup: warmup.seconds }
  const rule = precision === undefined ? 'replications' : 'precision'
  const count = options.replications ?? FIRST_LOOK
  const isPrecise = (replications: readonly Replication[]): boolean =>
    targets.every((name) => {
      const width = relativeHalfWidth(replications, name, level)
      return width !== null && width <= (precision ?? 0)
    })
  const rows = await collect({
    executor,
    jobs: (i) => [{ scenario, seed: `${seed}/${i}`, drain, series }],
    enough: (done) => {
      if (rule === 'replications') return count
      if (done.length === 0) return Math.min(FIRST_LOOK, max)
      if (done.length >= max || isPrecise(done.map(([one]) => one!))) return done.length
      return Math.min(max, done.length + LOOK_EVERY)
    },
    onDone: options.onDone,
    signal: options.signal,
  })
  const replications = rows.map(([one]) => one!)
  const names = metricNames(replications)
  for (const name of targets) checkTarget(name, names, replications.length)
  const halfWidths = Object.fromEntries(
    targets.map((name) => [name, relativeHalfWidth(replications, name, level)]),
  )
  return {
    schema: 1,
    kind: 'monte-carlo',
    version: VERSION,
    scenario: { name: scenario.name, hash: scenarioHash(scenario) },
    seed,
    replications: replications.length,
    level,
    stop: {
      rule,
      reached: rule === 'replications' ? replications.length === count : isPrecise(replications),
      precision: precision ?? null,
      halfWidths,
    },
    warmup,
    estimates: estimatesOf(replications, names, level),
    slo: scenario.slo.map(({ text }, i) => {
      const met = replications.filter(({ slo }) => slo[i]!.met).length
      return { text, met, probability: wilsonInterval(met, replications.length, level) }
    }),
    ...bands(replications, series, level, seed),
    warnings: countWarnings(replications),
  }
}

async function warmupOf(
  scenario: Scenario,
  seed: number | string,
  asked: number | 'auto' | undefined,
  executor: ReplicationExecutor,
): Promise<MonteCarloResult['warmup']> {
  if (asked === 'auto') return findWarmup(scenario, { seed, executor })
  return { seconds: asked ?? scenario.warmup, method: 'declared' }
}

export function estimatesOf(
  replications: readonly Replication[],
  names: readonly string[],
  level: number,
): Record<string, Estimate> {
  const estimates: Record<string, Estimate> = {}
  for (const name of names) {
    const estimate = estimateOf(replications, name, level)
    if (estimate !== undefined) estimates[name] = estimate
  }
  return estimates
}

export function countWarnings(replications: readonly Replication[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { warnings } of replications) {
    for (const code of warnings) counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

function bands(
  replications: readonly Replication[],
  series: readonly string[],
  level: number,
  seed: number | string,
): Pick<MonteCarloResult, 'time' | 'bands'> {
  const result: Record<string, Band> = {}
  series.forEach((name, s) => {
    const curves = replications.map((one) => one.series[s]!)
    if (curves.length >= 2) result[name] = bandOf(curves, level, Stream.derive(seed, `bands/${name}`))
  })
  return { time: replications[0]?.time ?? [], bands: result }
}

/** null: no finite interval, or an estimate of 0. */
function relativeHalfWidth(replications: readonly Replication[], name: string, level: number): number | null {
  const estimate = estimateOf(replications, name, level)
  if (estimate === undefined || estimate.low === null || estimate.high === null) return null
  if (estimate.estimate === 0) return null
  return (estimate.high - estimate.low) / 2 / Math.abs(estimate.estimate)
}

function check({ replications, precision, max, level }: MonteCarloOptions): void {
  const refuse = (text: string): never => {
    throw new SimError('bad-options', text)
  }
  const isCount = (value: number | undefined): boolean =>
    value === undefined || (Number.isSafeInteger(value) && value >= 1)
  if (replications !== undefined && precision !== undefined) {
    refuse('replications and precision exclude each other. Give one of the two, or max with precision.')
  }
  if (!isCount(replications))
    refuse(`expected a whole number of replications of at least 1, got ${replications}. Give e.g. 100.`)
  if (!isCount(max)) refuse(`expected a whole number of at least 1 as max, got ${max}. Give e.g. 1000.`)
  if (precision !== undefined && !(precision > 0)) {
    refuse(`expected a precision above 0, got ${precision}. Give e.g. 0.02.`)
  }
  if (level !== undefined && !(level > 0 && level < 1)) {
    refuse(`expected a level between 0 and 1, got ${level}. Give e.g. 0.95.`)
  }
}

function checkTarget(name: string, names: readonly string[], replications: number): void {
  if (replications === 0 || names.includes(name)) return
  throw new SimError(
    'unknown-metric',
    `"${name}" is no figure of this scenario. Known are ${names.slice(0, 12).join(', ')} and others.`,
  )
}
