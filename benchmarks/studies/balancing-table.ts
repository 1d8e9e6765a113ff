/**
 * Balancing policies over n FCFS servers with exponential service of mean 1 and one dispatcher with exact numbers:
 * `node dist/benchmarks/studies/balancing-table.mjs`. Replications until the half-width of the mean response's 95 % interval
 * is at most 1 % of it. Beside it what is known: E_n/M/1 for round robin and M/M/1 for random choice, and an independent
 * simulation's values with their intervals. The last part says what ties do: with equal servers nothing, since which of two
 * equal ones is taken is the same up to a renaming; with unequal ones they matter. Prints a table, or `--json`; exit code
 * 1 when a value and what is known differ by more than both intervals allow, at |z| at most 3.9.
 */
import { parseArgs } from 'node:util'
import { studentQuantile } from '../../src/analysis/index.ts'
import { monteCarlo } from '../../src/analysis/monte-carlo/index.ts'
import { parseScenario } from '../../src/index.ts'
import type { PolicyInput } from '../../src/scenario/schema/policy.ts'
import type { ServiceInput } from '../../src/scenario/schema/service.ts'
import { replicationPool } from '../replications/pool.ts'

const { values } = parseArgs({
  options: {
    precision: { type: 'string', default: '0.01' },
    /** Parts of names of systems; default all. */
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
  },
})
const MAX_Z = 3.9
/** The independent simulation had six replications. */
const REFERENCE_T = studentQuantile(0.975, 5)

/** A known mean response and the half-width of its 95 % interval; 0: exact. */
type Known = readonly [mean: number, halfWidth: number]
type Case = { readonly system: string; readonly policy: PolicyInput; readonly known?: Known | undefined }

type Row = {
  readonly system: string
  readonly policy: string
  readonly mean: number
  readonly halfWidth: number
  readonly p99: number
  readonly replications: number
  readonly known: Known | null
  readonly z: number | null
}

type System = { readonly n: number; readonly rho: number; readonly replicas?: ServiceInput['replicas'] }

const SYSTEMS: Readonly<Record<string, System>> = {
  'n = 10, 0.9': { n: 10, rho: 0.9 },
  'n = 100, 0.9': { n: 100, rho: 0.9 },
  'n = 10, 0.8': { n: 10, rho: 0.8 },
  'speeds 1.5 and 0.5, 0.8': {
    n: 10,
    rho: 0.8,
    replicas: [
      { count: 5, speed: 1.5 },
      { count: 5, speed: 0.5 },
    ],
  },
}

/** Response of an E_n/M/1 at load rho: sigma = (n rho / (n rho + 1 - sigma))^n, 1 / (1 - sigma). */
function roundRobin(n: number, rho: number): Known {
  let sigma = 0
  for (let i = 0; i < 10_000; i++) sigma = ((n * rho) / (n * rho + 1 - sigma)) ** n
  return [1 / (1 - sigma), 0]
}

const P2C_REPLACE: PolicyInput = { 'power-of-d': { d: 2, replace: true } }
const THREE: PolicyInput = { 'power-of-d': { d: 3, replace: true } }

function equal(
  system: string,
  known: Readonly<Record<'p2c' | 'two' | 'three' | 'jiq' | 'jsq', Known>>,
): Case[] {
  const { n, rho } = SYSTEMS[system]!
  return [
    { system, policy: 'random', known: [1 / (1 - rho), 0] },
    { system, policy: 'round-robin', known: roundRobin(n, rho) },
    { system, policy: P2C_REPLACE, known: known.p2c },
    { system, policy: 'power-of-two', known: known.two },
    { system, policy: THREE, known: known.three },
    { system, policy: 'jiq', known: known.jiq },
    { system, policy: 'jsq', known: known.jsq },
  ]
}

const UNEQUAL = 'speeds 1.5 and 0.5, 0.8'
const CASES: readonly Case[] = [
  { system: UNEQUAL, policy: P2C_REPLACE, known: [4.05, 0.02] },
  { system: UNEQUAL, policy: 'jiq', known: [2.19, 0.02] },
  // Ties: at random as in the independent simulation; those to the fastest or the first have no known value.
  { system: UNEQUAL, policy: { jsq: { ties: 'random' } }, known: [1.522, 0.005] },
  { system: UNEQUAL, policy: { jsq: { ties: 'fastest' } } },
  { system: UNEQUAL, policy: { sed: { ties: 'random' } }, known: [1.497, 0.004] },
  { system: UNEQUAL, policy: { sed: { ties: 'first' } } },
  { system: 'n = 10, 0.8', policy: { jsq: { ties: 'first' } }, known: [1.358, 0.002] },
  ...equal('n = 10, 0.9', {
    p2c: [3.109, 0.018],
    two: [2.98, 0.013],
    three: [2.56, 0.008],
    jiq: [2.39, 0.015],
    jsq: [1.912, 0.015],
  }),
  ...equal('n = 100, 0.9', {
    p2c: [2.658, 0.012],
    two: [2.65, 0.011],
    three: [2.076, 0.007],
    jiq: [1.0742, 0.0015],
    jsq: [1.0653, 0.0037],
  }),
  ...equal('n = 10, 0.8', {
    p2c: [2.159, 0.006],
    two: [2.074, 0.004],
    three: [1.812, 0.005],
    jiq: [1.484, 0.003],
    jsq: [1.358, 0.002],
  }),
]

const executor = replicationPool()

async function measure({ system, policy, known }: Case): Promise<Row> {
  const { n, rho, replicas = n } = SYSTEMS[system]!
  // Long beside the time in which a server at 0.9 forgets how it began, a few hundred services.
  const horizon = (n === 10 ? 60_000 : 400_000) / (n * rho)
  const scenario = parseScenario({
    name: system,
    horizon,
    warmup: horizon / 4,
    samplePeriod: horizon,
    workloads: { clients: { to: 'edge', arrivals: { poisson: { rate: n * rho } } } },
    balancers: { edge: { to: 'web', policy } },
    services: { web: { replicas, endpoints: { serve: [{ cpu: { exponential: { mean: 1 } } }] } } },
  })
  const { estimates, replications } = await monteCarlo(scenario, {
    seed: `balancing table/${system}`,
    precision: Number(values.precision),
    targets: ['latency.mean'],
    // Else the long ones that are still there at the end are left out.
    drain: true,
    executor,
  })
  const { estimate: mean, high } = estimates['latency.mean']!
  const halfWidth = high! - mean
  const ours = halfWidth / studentQuantile(0.975, replications - 1)
  const z = known === undefined ? null : (mean - known[0]) / Math.hypot(ours, known[1] / REFERENCE_T)
  return {
    ...{ system, mean, halfWidth, replications, z },
    policy: typeof policy === 'string' ? policy : JSON.stringify(policy).replaceAll('"', ''),
    p99: estimates['latency.p99']!.estimate,
    known: known ?? null,
  }
}

function print({ system, policy, mean, halfWidth, p99, replications, known, z }: Row): void {
  const near = (value: number, width: number): string =>
    width === 0 ? value.toFixed(6) : `${value.toFixed(4)} +- ${width.toFixed(4)}`
  console.log(
    `${system.padEnd(26)}${policy.padEnd(34)}${near(mean, halfWidth).padStart(18)}${p99.toFixed(2).padStart(9)}${String(replications).padStart(6)}${(known === null ? '' : near(...known)).padStart(20)}${(z === null ? '' : z.toFixed(1)).padStart(7)}`,
  )
}

if (!values.json)
  console.log(
    `${'system'.padEnd(26)}${'policy'.padEnd(34)}${'mean response'.padStart(18)}${'p99'.padStart(9)}${'runs'.padStart(6)}${'known'.padStart(20)}${'z'.padStart(7)}`,
  )
const rows: Row[] = []
const chosen = CASES.filter(({ system }) => values.only?.some((part) => system.includes(part)) ?? true)
for (const item of chosen) {
  const row = await measure(item)
  rows.push(row)
  if (!values.json) print(row)
}
await executor.close()
if (values.json) console.log(JSON.stringify(rows, undefined, 2))
process.exitCode = rows.every(({ z }) => z === null || Math.abs(z) <= MAX_Z) ? 0 : 1
