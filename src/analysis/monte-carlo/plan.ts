/** The cheapest of several configurations that meets every objective, with a stated confidence. */
import { SimError } from '../../errors.ts'
import type { Scenario } from '../../scenario/types.ts'
import { VERSION } from '../../version.ts'
import { mean } from '../mean.ts'
import { momentsOf } from '../moments.ts'
import { clopperPearsonInterval } from '../proportion-interval.ts'
import { studentQuantile } from '../student-t.ts'
import { collect } from './collect.ts'
import { FIRST_LOOK, LOOK_EVERY } from './monte-carlo.ts'
import { inProcessReplications, type Replication, type ReplicationExecutor } from './replication.ts'

export type Configuration = {
  readonly name: string
  /** All with the same objectives. */
  readonly scenario: Scenario
}

export type PlanOptions = {
  /**
   * `monotone`: configurations are in rising order of strength, and a stronger one meets what a weaker one meets;
   * bisection finds the first that does. `elimination`: any configurations; those that miss, or cost more than one that
   * meets, drop out round by round.
   */
  readonly search: 'monotone' | 'elimination'
  /** Of the whole answer. @default 0.95 */
  readonly confidence?: number | undefined
  /** Most replications of one configuration; what is undecided then counts as missed. @default 200 */
  readonly max?: number | undefined
  /** @default that of the first scenario */
  readonly seed?: number | string | undefined
  readonly executor?: ReplicationExecutor | undefined
  readonly onTrial?: ((name: string, replications: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export type PlannedObjective = {
  readonly text: string
  /** Mean over the replications; null where one of them measured nothing. */
  readonly estimate: number | null
  readonly bound: number
  readonly verdict: 'met' | 'missed' | 'undecided'
}

export type PlannedConfiguration = {
  readonly name: string
  /** 0: it was not needed for the answer. */
  readonly replications: number
  readonly verdict: 'met' | 'missed' | 'undecided' | 'not run'
  readonly cost: number | null
  /** Mean latency and 95th percentile, seconds. */
  readonly latency: { readonly mean: number | null; readonly p95: number | null }
  readonly objectives: readonly PlannedObjective[]
  /** No other one that was run is both cheaper and faster at the 95th percentile. */
  readonly frontier: boolean
}

export type PlanResult = {
  readonly schema: 1
  readonly kind: 'plan'
  readonly version: string
  readonly seed: number | string
  readonly search: PlanOptions['search']
  readonly confidence: number
  readonly objectives: readonly string[]
  /** null: none met the objectives. */
  readonly chosen: string | null
  readonly configurations: readonly PlannedConfiguration[]
}

/** @throws SimError without configurations or objectives. */
export async function plan(
  configurations: readonly Configuration[],
  options: PlanOptions,
): Promise<PlanResult> {
  const first = configurations[0]
  if (first === undefined)
    throw new SimError('no-variants', 'there is nothing to choose from. Give configurations.')
  if (first.scenario.slo.length === 0) {
    throw new SimError('no-slo', 'a plan needs objectives. Give slo, e.g. p95 < 250ms.')
  }
  const { search, confidence = 0.95, max = 200 } = options
  const seed = options.seed ?? first.scenario.seed
  const n = configurations.length
  // Every verdict may err, so each gets its part of the error that the whole answer may have.
  const verdicts = search === 'monotone' ? bisections(n) : n
  const trials = configurations.map(
    (item) => new Trial(item, seed, (1 - confidence) / verdicts / item.scenario.slo.length, max, options),
  )
  const chosen = await (search === 'monotone' ? bisect(trials) : eliminate(trials))
  const rows = trials.map((trial) => trial.summary())
  return {
    schema: 1,
    kind: 'plan',
    version: VERSION,
    ...{ seed, search, confidence },
    objectives: first.scenario.slo.map(({ text }) => text),
    chosen: chosen?.configuration.name ?? null,
    configurations: rows.map((row) => ({ ...row, frontier: isOnFrontier(row, rows) })),
  }
}

/** The first that meets, where all before miss and all after meet. */
async function bisect(trials: readonly Trial[]): Promise<Trial | undefined> {
  let low = -1
  let high = trials.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    const trial = trials[middle]!
    while (trial.isOpen) await trial.look()
    if (trial.verdict === 'met') high = middle
    else low = middle
  }
  return trials[high]
}

/** The cheapest that meets: rounds over those that may still be it. */
async function eliminate(trials: readonly Trial[]): Promise<Trial | undefined> {
  for (;;) {
    const best = cheapestMet(trials)
    const open = trials.filter((trial) => trial.isOpen && (best === undefined || !(trial.cost >= best.cost)))
    if (open.length === 0) return best
    for (const trial of open) await trial.look()
  }
}

function cheapestMet(trials: readonly Trial[]): Trial | undefined {
  const met = trials.filter(({ verdict }) => verdict === 'met')
  return met.reduce<Trial | undefined>(
    (best, trial) => (best === undefined || trial.cost < best.cost ? trial : best),
    undefined,
  )
}

class Trial {
  readonly configuration: Configuration
  private readonly replications: Replication[] = []
  private readonly seed: number | string
  /** Probability of a wrong verdict on one objective, over all looks. */
  private readonly alpha: number
  private readonly max: number
  private readonly options: PlanOptions
  private looks = 0
  private stopped = false

  constructor(
    configuration: Configuration,
    seed: number | string,
    alpha: number,
    max: number,
    options: PlanOptions,
  ) {
    this.configuration = configuration
    this.seed = seed
    this.alpha = alpha
    this.max = max
    this.options = options
  }

  get isOpen(): boolean {
    return this.verdict === 'undecided' && this.replications.length < this.max && !this.stopped
  }

  get verdict(): PlannedObjective['verdict'] {
    const verdicts = this.objectives().map(({ verdict }) => verdict)
    if (verdicts.includes('missed')) return 'missed'
    return verdicts.every((verdict) => verdict === 'met') ? 'met' : 'undecided'
  }

  /** NaN before the first look. */
  get cost(): number {
    return mean(this.replications.map(({ metrics }) => metrics.cost ?? 0))
  }

  async look(): Promise<void> {
    const { scenario, name } = this.configuration
    const { executor = inProcessReplications(), signal, onTrial } = this.options
    const from = this.replications.length
    const count = Math.min(this.max - from, from === 0 ? FIRST_LOOK : LOOK_EVERY)
    const rows = await collect({
      ...{ executor, signal },
      jobs: (i) => [{ scenario, seed: `${this.seed}/${from + i}` }],
      enough: () => count,
    })
    this.replications.push(...rows.map(([one]) => one!))
    this.stopped = rows.length < count
    this.looks++
    onTrial?.(name, this.replications.length)
  }

  private objectives(): PlannedObjective[] {
    return this.configuration.scenario.slo.map((slo, i) => {
      const { text, kind } = slo
      const bound = kind === 'throughput' ? slo.above : slo.below
      const values = this.replications.map(({ slo }) => slo[i]!.value)
      const known = values.filter((value) => value !== null)
      if (known.length < values.length) return { text, estimate: null, bound, verdict: 'missed' }
      if (known.length < 2) return { text, estimate: null, bound, verdict: 'undecided' }
      const [low, high] = kind === 'errors' ? this.errorBounds(known) : this.bounds(known)
      const [met, missed] =
        kind === 'throughput' ? [low > bound, high <= bound] : [high < bound, low >= bound]
      const verdict = met ? 'met' : missed ? 'missed' : 'undecided'
      return { text, estimate: mean(known), bound, verdict }
    })
  }

  /** Error that this look may spend: alpha / (k (k + 1)) at look k, which sums to alpha over all looks. */
  private get alphaNow(): number {
    return this.alpha / (this.looks * (this.looks + 1))
  }

  private bounds(values: readonly number[]): [number, number] {
    const { count, mean: middle, variance } = momentsOf(values)
    const width = studentQuantile(1 - this.alphaNow, count - 1) * Math.sqrt(variance / count)
    return [middle - width, middle + width]
  }

  /** Where errors are few, Student's interval would be nothing: the pooled count says how few. */
  private errorBounds(values: readonly number[]): [number, number] {
    const errors = this.replications.reduce((sum, { measured }) => sum + measured.errors, 0)
    const ended = this.replications.reduce((sum, { measured }) => sum + measured.ended, 0)
    if (errors >= 10) return this.bounds(values)
    const { low, high } = clopperPearsonInterval(errors, ended, 1 - 2 * this.alphaNow)
    return [low, high]
  }

  summary(): Omit<PlannedConfiguration, 'frontier'> {
    const { replications } = this
    const meanOf = (name: string): number | null => {
      const values = replications.flatMap(({ metrics }) => metrics[name] ?? [])
      return values.length === 0 ? null : mean(values)
    }
    return {
      name: this.configuration.name,
      replications: replications.length,
      verdict: replications.length === 0 ? 'not run' : this.verdict,
      cost: meanOf('cost'),
      latency: { mean: meanOf('latency.mean'), p95: meanOf('latency.p95') },
      objectives: replications.length === 0 ? [] : this.objectives(),
    }
  }
}

type Row = Omit<PlannedConfiguration, 'frontier'>

function isOnFrontier(row: Row, rows: readonly Row[]): boolean {
  const { cost, latency } = row
  if (cost === null || latency.p95 === null) return false
  return !rows.some(
    (other) =>
      other.cost !== null &&
      other.latency.p95 !== null &&
      other.cost <= cost &&
      other.latency.p95 <= latency.p95! &&
      (other.cost < cost || other.latency.p95 < latency.p95!),
  )
}

/** Verdicts that bisection of n configurations takes at most. */
function bisections(n: number): number {
  let count = 0
  for (let rest = n; rest > 0; rest >>= 1) count++
  return count
}
