/**
 * Whether intervals cover the truth as often as they say: `node dist/benchmarks/studies/coverage.mjs`. Of M/M/1 and
 * M/M/4 at 80 % load, 1000 experiments each (`--experiments n`) of 20 replications: Student's interval of the mean
 * and of the 95th and 99th percentiles of the response time. Of the mean number in an M/M/4 that starts empty, 1000
 * experiments of 40 replications: the pointwise and the simultaneous band (`--bands`: only these). Prints a table, or
 * `--json`; exit code 1 when a share is outside 93 to 97 %.
 */
import { parseArgs } from 'node:util'
import { wilsonInterval } from '../../src/analysis/index.ts'
import { monteCarlo } from '../../src/analysis/monte-carlo/index.ts'
import { parseScenario } from '../../src/index.ts'
import { replicationPool } from '../replications/pool.ts'

const { values } = parseArgs({
  options: {
    experiments: { type: 'string', default: '1000' },
    bands: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const EXPERIMENTS = Number(values.experiments)
const REQUESTS = 40_000
const LOAD = 0.7

type Row = {
  readonly system: string
  readonly figure: string
  readonly truth: number | null
  readonly covered: number
  readonly experiments: number
}

const executor = replicationPool()

function system(
  servers: number,
  load: number,
  horizon: number,
  warmup: number,
  samplePeriod = horizon,
): ReturnType<typeof parseScenario> {
  return parseScenario({
    name: `M/M/${servers}`,
    horizon,
    warmup,
    samplePeriod,
    workloads: { clients: { to: 'queue', arrivals: { poisson: { rate: load * servers } } } },
    services: { queue: { cores: servers, endpoints: { serve: [{ cpu: { exponential: { mean: 1 } } }] } } },
  })
}

/** Response time of M/M/c with service rate 1: its mean and its p-quantile, by Erlang C. */
function exact(servers: number, load: number): { mean: number; quantile(p: number): number } {
  const offered = servers * load
  let blocking = 1
  for (let k = 1; k <= servers; k++) blocking = (offered * blocking) / (k + offered * blocking)
  const wait = blocking / (1 - load * (1 - blocking))
  const drain = servers - offered
  const tail = (t: number): number => {
    const d = drain - 1
    return d === 0 ? Math.exp(-t) * (1 + wait * t) : Math.exp(-t) * (1 + (wait * (1 - Math.exp(-t * d))) / d)
  }
  return {
    mean: 1 + wait / drain,
    quantile(p) {
      let [low, high] = [0, 1000]
      for (let i = 0; i < 100; i++) {
        const middle = (low + high) / 2
        if (tail(middle) > 1 - p) low = middle
        else high = middle
      }
      return low
    },
  }
}

async function steady(servers: number): Promise<Row[]> {
  const horizon = REQUESTS / (LOAD * servers)
  const scenario = system(servers, LOAD, horizon, horizon / 10)
  const { mean, quantile } = exact(servers, LOAD)
  const truths = { 'latency.mean': mean, 'latency.p95': quantile(0.95), 'latency.p99': quantile(0.99) }
  const covered = new Map<string, number>()
  for (let e = 0; e < EXPERIMENTS; e++) {
    const { estimates } = await monteCarlo(scenario, { seed: `coverage/${e}`, replications: 20, executor })
    for (const [name, truth] of Object.entries(truths)) {
      const { low, high } = estimates[name]!
      if (low! <= truth && truth <= high!) covered.set(name, (covered.get(name) ?? 0) + 1)
    }
  }
  return Object.entries(truths).map(([figure, truth]) => ({
    ...{ system: scenario.name, figure, truth },
    ...{ covered: covered.get(figure) ?? 0, experiments: EXPERIMENTS },
  }))
}

const PERIODS = 12

/** Of the number in an M/M/4 that starts empty: averages over 12 periods of 10 s, from the Kolmogorov equations. */
async function transient(): Promise<Row[]> {
  const [servers, period] = [4, 10]
  const scenario = system(servers, LOAD, PERIODS * period + 1, 0, period)
  const truth = averagesFromEmpty(servers, LOAD * servers, period)
  let pointwise = 0
  let simultaneous = 0
  for (let e = 0; e < EXPERIMENTS; e++) {
    const { bands } = await monteCarlo(scenario, {
      ...{ seed: `bands/${e}`, replications: 40, series: ['requests.open'], executor },
    })
    const band = bands['requests.open']!
    const inside = (low: readonly number[], high: readonly number[]): number =>
      truth.filter((value, k) => low[k]! <= value && value <= high[k]!).length
    pointwise += inside(band.low, band.high)
    const { low, high } = band.simultaneous!
    if (inside(low, high) === PERIODS) simultaneous++
  }
  return [
    {
      system: 'M/M/4 from empty',
      figure: 'pointwise band',
      truth: null,
      covered: pointwise,
      experiments: EXPERIMENTS * PERIODS,
    },
    {
      system: 'M/M/4 from empty',
      figure: 'simultaneous band',
      truth: null,
      covered: simultaneous,
      experiments: EXPERIMENTS,
    },
  ]
}

/** The chain of at most 200, by fourth-order Runge-Kutta in steps of 10 ms. */
function averagesFromEmpty(servers: number, rate: number, period: number): number[] {
  const size = 201
  const slope = (p: Float64Array): Float64Array =>
    p.map((now, n) => {
      const up = n + 1 < size ? rate : 0
      const from = (n > 0 ? rate * p[n - 1]! : 0) + (n + 1 < size ? Math.min(n + 1, servers) * p[n + 1]! : 0)
      return from - (up + Math.min(n, servers)) * now
    })
  const along = (p: Float64Array, by: Float64Array, h: number): Float64Array =>
    p.map((x, n) => x + h * by[n]!)
  const meanOf = (p: Float64Array): number => p.reduce((sum, x, n) => sum + n * x, 0)
  const h = 0.01
  let p = new Float64Array(size)
  p[0] = 1
  return Array.from({ length: PERIODS }, () => {
    let area = 0
    for (let i = 0; i < Math.round(period / h); i++) {
      const before = meanOf(p)
      const a = slope(p)
      const b = slope(along(p, a, h / 2))
      const c = slope(along(p, b, h / 2))
      const d = slope(along(p, c, h))
      p = p.map((x, n) => x + (h / 6) * (a[n]! + 2 * b[n]! + 2 * c[n]! + d[n]!))
      area += (h * (before + meanOf(p))) / 2
    }
    return area / period
  })
}

const rows = [...(values.bands ? [] : [...(await steady(1)), ...(await steady(4))]), ...(await transient())]
await executor.close()
if (values.json) {
  console.log(JSON.stringify(rows, undefined, 2))
} else {
  for (const { system, figure, truth, covered, experiments } of rows) {
    const { estimate, low, high } = wilsonInterval(covered, experiments)
    const percent = (x: number): string => `${(100 * x).toFixed(1)} %`
    const of = truth === null ? '' : truth.toFixed(6)
    console.log(
      `${system.padEnd(18)}${figure.padEnd(20)}${of.padStart(12)}${percent(estimate).padStart(9)}  (${percent(low)} to ${percent(high)}) of ${experiments}`,
    )
  }
}
const outside = rows.filter(
  ({ covered, experiments }) => covered / experiments < 0.93 || covered / experiments > 0.97,
)
process.exitCode = outside.length === 0 ? 0 : 1
