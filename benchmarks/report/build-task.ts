/** From the measurements of a task's rows to their comparison. */
import {
  bootstrapInterval,
  type Interval,
  mean,
  meanInterval,
  pairedInterval,
  twoLevelBootstrap,
} from '../../src/analysis/index.ts'
import type { InformationClass } from '../../src/policies/types.ts'
import { log } from '../../src/random/math.ts'
import { Stream } from '../../src/random/stream.ts'
import type { CostKind } from '../types.ts'
import { costOf } from '../units/cost.ts'
import { isLearner, type MeasuredRow } from './measured-row.ts'
import { isUnstable } from './stability.ts'
import type { Difference, ReportInterval, ReportRow, ReportTask } from './types.ts'

type Costs = readonly (readonly number[])[]
type Candidate = {
  readonly row: MeasuredRow
  readonly costs: Costs
  readonly status: ReportRow['status']
  readonly mean: number
}

const CLASSES: readonly InformationClass[] = ['weights', 'own', 'reported', 'global', 'oracle']
const RESAMPLES = 2000

export type TaskHeader = Omit<ReportTask, 'rows' | 'best' | 'cost'> & {
  readonly cost: Exclude<CostKind, 'auto'>
}

export function buildTask(header: TaskHeader, measured: readonly MeasuredRow[]): ReportTask {
  const candidates = measured.map((row) => weigh(row, header.cost))
  const best = new Map(CLASSES.map((information) => [information, bestHeuristic(candidates, information)]))
  const baseline = candidates.find(({ row }) => row.label === header.baseline && row.error === null)
  const rows = candidates.map((candidate) =>
    buildRow(
      candidate,
      best.get(candidate.row.information),
      baseline,
      `${header.name}/${candidate.row.label}`,
    ),
  )
  return {
    ...header,
    best: Object.fromEntries([...best].filter(([, one]) => one).map(([name, one]) => [name, one!.row.label])),
    rows: rows.sort((a, b) => rank(a) - rank(b)),
  }
}

function weigh(row: MeasuredRow, kind: TaskHeader['cost']): Candidate {
  const costs = row.evaluations.map(({ episodes }) => episodes.map((episode) => costOf(episode, kind)))
  const unstable = kind !== 'episode' && isUnstable(row.evaluations.flatMap(({ episodes }) => episodes))
  const status = row.error !== null ? 'failed' : unstable ? 'unstable' : 'ok'
  return { row, costs, status, mean: mean(costs.flat()) }
}

/** Whoever sees more may also use what others see, so that lower classes count. */
function bestHeuristic(
  candidates: readonly Candidate[],
  information: InformationClass,
): Candidate | undefined {
  const rankOf = (row: MeasuredRow): number => CLASSES.indexOf(row.information)
  const limit = CLASSES.indexOf(information)
  const eligible = candidates.filter(
    ({ row, status }) => status === 'ok' && !isLearner(row) && rankOf(row) <= limit,
  )
  return eligible.reduce<Candidate | undefined>(
    (best, candidate) => (best === undefined || candidate.mean < best.mean ? candidate : best),
    undefined,
  )
}

/** Failed rows after unstable ones, those after the others. */
function rank(row: ReportRow): number {
  if (row.cost === null) return Number.POSITIVE_INFINITY
  return row.status === 'unstable' ? Number.MAX_VALUE / 2 + row.cost.estimate : row.cost.estimate
}

function buildRow(
  candidate: Candidate,
  best: Candidate | undefined,
  baseline: Candidate | undefined,
  name: string,
): ReportRow {
  const { row, costs, status } = candidate
  const ok = status === 'ok'
  const { evaluations, training, tuning } = row
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    label: row.label,
    agent: row.agent,
    kind: isLearner(row) ? 'learner' : 'heuristic',
    mode: row.mode,
    information: row.information,
    status,
    error: row.error,
    cost: status === 'failed' ? null : forReport(costInterval(costs, name)),
    toBest: ok ? difference(candidate, best, name) : null,
    toBaseline: ok ? difference(candidate, baseline, name) : null,
    score: ok ? scoreInterval(candidate, best, name) : null,
    decisionSeconds:
      status === 'failed' ? null : mean(evaluations.map(({ timing }) => timing.decisionSeconds)),
    parameterCount: evaluations[0]?.parameterCount ?? null,
    budget: {
      training: sum(training.map(({ result }) => result.decisions.training)),
      validation: sum(training.map(({ result }) => result.decisions.validation)),
      tuning: tuning?.decisions ?? 0,
    },
    tuning: tuning === null ? null : { params: tuning.params, trials: tuning.trials, atEdge: tuning.atEdge },
    training: training.map(({ seed, result }) => ({
      seed,
      selectedAt: result.selectedAt,
      curve: result.curve,
      seconds: result.timing.trainSeconds,
    })),
    costs,
  }
}

const draws = (name: string): Stream => Stream.derive(0, `bootstrap/${name}`)

/** Over episodes by Student's t; over training seeds and episodes by the two-level bootstrap. */
function costInterval(costs: Costs, name: string): Interval {
  if (costs.length === 1) return meanInterval(costs[0]!)
  return twoLevelBootstrap([costs], ([m]) => m!, { draws: draws(name), resamples: RESAMPLES })
}

function difference(of: Candidate, to: Candidate | undefined, name: string): Difference | null {
  if (to === undefined || to === of || to.status === 'failed') return null
  const single = of.costs.length === 1 && to.costs.length === 1
  const interval = single
    ? pairedInterval(of.costs[0]!, to.costs[0]!)
    : twoLevelBootstrap([of.costs, to.costs], ([a, b]) => a! - b!, {
        draws: draws(name),
        resamples: RESAMPLES,
      })
  return { ...forReport(interval), to: to.row.label }
}

function scoreInterval(of: Candidate, best: Candidate | undefined, name: string): ReportInterval | null {
  if (best === undefined) return null
  const positive = [...of.costs.flat(), ...best.costs.flat()].every((cost) => cost > 0)
  if (!positive) return null
  const percent = (a: number, b: number): number => 100 * log(a / b)
  const options = { draws: draws(`${name}/score`), resamples: RESAMPLES }
  if (of.costs.length > 1 || best.costs.length > 1) {
    return forReport(twoLevelBootstrap([of.costs, best.costs], ([a, b]) => percent(a!, b!), options))
  }
  const [a, b] = [of.costs[0]!, best.costs[0]!]
  const pairs = a.map((_, i) => i)
  const ratio = (sample: readonly number[]): number =>
    percent(mean(sample.map((i) => a[i]!)), mean(sample.map((i) => b[i]!)))
  return forReport(bootstrapInterval(pairs, ratio, options))
}

function forReport(interval: Interval): ReportInterval {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
  return { ...interval, low: finite(interval.low), high: finite(interval.high) }
}
