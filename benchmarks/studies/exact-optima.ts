/**
 * The optima of the Markov environments beside fixed policies, all by value iteration, hence without noise:
 * `node dist/benchmarks/studies/exact-optima.mjs`. Takes minutes. Every cost comes with bounds 1e-6 apart, about the
 * system cut off at 150 jobs in each queue (300 before the slow server). The excess is over the optimum.
 */
import type { DispatchModel } from '../../envs/dispatch/model.ts'
import type { ReplicasModel } from '../../envs/replicas/model.ts'
import type { SlowServerModel } from '../../envs/slow-server/model.ts'
import { dispatchProcess, type OptimalModel, replicasProcess, slowServerProcess } from '../optimal/models.ts'
import { evaluatePolicy, solve, solveDiscounted } from '../optimal/value-iteration.ts'

const TOLERANCE = { tolerance: 1e-6 }

function print(system: string, policy: string, cost: number, optimum: number): void {
  const excess = `${(100 * (cost / optimum - 1)).toFixed(3)} %`
  console.log(`${system.padEnd(30)}${policy.padEnd(40)}${cost.toFixed(6).padStart(12)}${excess.padStart(12)}`)
}

/** Prints the cost of a policy that is given as a function of the state. */
function rule<S>(
  system: string,
  policy: string,
  { process, points }: OptimalModel<S>,
  optimum: number,
  choose: (state: S) => number,
): void {
  const { average } = evaluatePolicy(process, Int32Array.from(points, choose), TOLERANCE)
  print(system, policy, average, optimum)
}

/** The least mean number in two M/M/1 queues between which a coin decides, and the coin's share of the first. */
function bestSplit({ lambda, mu1, mu2 }: DispatchModel): { cost: number; share: number } {
  const queue = (rate: number, mu: number): number =>
    rate < mu ? rate / (mu - rate) : Number.POSITIVE_INFINITY
  let best = { cost: Number.POSITIVE_INFINITY, share: 0 }
  for (let i = 0; i <= 100_000; i++) {
    const share = i / 100_000
    const cost = queue(lambda * share, mu1) + queue(lambda * (1 - share), mu2)
    if (cost < best.cost) best = { cost, share }
  }
  return best
}

function dispatch(
  model: DispatchModel,
  offsets: readonly number[],
  gammas: readonly number[],
  rates: readonly number[],
): void {
  const { lambda, mu1, mu2 } = model
  const system = `dispatch ${lambda}; ${mu1}, ${mu2}`
  const grid = dispatchProcess(model)
  const { average: optimum } = solve(grid.process, TOLERANCE)
  print(system, 'optimal', optimum, optimum)
  rule(system, 'shortest queue, ties to the first', grid, optimum, ([a, b]) => (a <= b ? 0 : 1))
  for (const c of offsets) {
    const name = c === 1 ? 'shortest expected delay' : `offset-sed, c = ${c}`
    // Products, not quotients: what is equal on paper is a tie.
    rule(system, name, grid, optimum, ([a, b]) => ((a + c) * mu2 <= (b + c) * mu1 * (1 + 1e-12) ? 0 : 1))
  }
  const { cost, share } = bestSplit(model)
  print(system, `best random split, ${share.toFixed(4)}`, cost, optimum)
  for (const gamma of gammas) {
    const policy = solveDiscounted(grid.process, { perDecision: gamma })
    print(
      system,
      `optimal discounted by ${gamma}`,
      evaluatePolicy(grid.process, policy, TOLERANCE).average,
      optimum,
    )
  }
  for (const perTime of rates) {
    const policy = solveDiscounted(grid.process, { perTime })
    const { average } = evaluatePolicy(grid.process, policy, TOLERANCE)
    print(system, `discounted by ${perTime} per time`, average, optimum)
  }
}

function slowServer(model: SlowServerModel, rates: readonly number[]): void {
  const { lambda, mu1, mu2 } = model
  const system = `slow server ${lambda}; ${mu1}, ${mu2}`
  const grid = slowServerProcess(model)
  const { average: optimum, policy } = solve(grid.process, TOLERANCE)
  const threshold = (table: Int32Array): string => {
    const from = table.indexOf(1)
    return from < 0 ? 'never' : `from ${grid.points[from]} on`
  }
  print(system, `optimal, ${threshold(policy)}`, optimum, optimum)
  rule(system, 'from 2 on', grid, optimum, () => 1)
  for (const perTime of rates) {
    const table = solveDiscounted(grid.process, { perTime })
    const { average } = evaluatePolicy(grid.process, table, TOLERANCE)
    print(system, `discounted by ${perTime} per time, ${threshold(table)}`, average, optimum)
  }
  const table = solveDiscounted(grid.process, { perDecision: 0.99 })
  const { average } = evaluatePolicy(grid.process, table, TOLERANCE)
  print(system, `discounted by 0.99, ${threshold(table)}`, average, optimum)
}

function replicas(model: ReplicasModel): void {
  const any = replicasProcess({ ...model, anyTarget: true })
  const one = replicasProcess({ ...model, anyTarget: false })
  const { average: optimum } = solve(one.process, TOLERANCE)
  print('replicas', 'optimal', optimum, optimum)
  for (const gamma of [0.99, 0.995]) {
    const policy = solveDiscounted(one.process, { perDecision: gamma }, { tolerance: 1e-6 })
    const { average } = evaluatePolicy(one.process, policy, TOLERANCE)
    print('replicas', `optimal discounted by ${gamma}`, average, optimum)
  }
  for (const perTime of [0.03, 0.01]) {
    const policy = solveDiscounted(one.process, { perTime }, { tolerance: 1e-5 })
    const { average } = evaluatePolicy(one.process, policy, TOLERANCE)
    print('replicas', `discounted by ${perTime} per time`, average, optimum)
  }
  print('replicas', 'optimal, any target', solve(any.process, TOLERANCE).average, optimum)
  for (const target of [6, 7]) rule('replicas', `always ${target}`, any, optimum, () => target)
  rule('replicas', '4 and 10 by phase', any, optimum, ({ phase }) => (phase === 0 ? 4 : 10))
}

slowServer({ kind: 'slow-server', lambda: 0.9, mu1: 1, mu2: 0.2 }, [])
slowServer({ kind: 'slow-server', lambda: 0.8, mu1: 1, mu2: 0.1 }, [0.16, 0.08, 0.03])
dispatch({ kind: 'dispatch', lambda: 1.05, mu1: 1, mu2: 0.5 }, [1, 0.8, 0.5, 0.3], [], [])
dispatch({ kind: 'dispatch', lambda: 0.91, mu1: 1, mu2: 0.3 }, [1, 0.5, 0.3], [], [])
dispatch({ kind: 'dispatch', lambda: 1.8, mu1: 1, mu2: 1 }, [], [], [])
dispatch(
  { kind: 'dispatch', lambda: 0.99, mu1: 1, mu2: 0.1 },
  [1, 0.5, 0.3],
  [0.9, 0.95, 0.98, 0.99],
  [0.11, 0.0521],
)
replicas({
  kind: 'replicas',
  ...{ lambda1: 2, lambda2: 6, switch1: 0.02, switch2: 0.05, mu: 1, setup: 0.1, max: 10 },
  ...{ holdingCost: 1, replicaCost: 1, anyTarget: false },
})
