/**
 * The share that a token bucket refuses of Poisson input, beside the loss of M/D/1/K (K = burst, rho = rate of arrivals /
 * rate of tokens): `node dist/benchmarks/studies/token-bucket.mjs`. Takes minutes. Each entry is simulated in batches of
 * 24 independent replications until the half-width of the 95 % interval is at most 1 % of the exact value; z is the
 * distance from that in standard errors. Exit code 1 when one is beyond 3.9.
 */
import { meanInterval, studentQuantile } from '../../src/analysis/index.ts'
import { parseScenario, type Scenario, simulate } from '../../src/index.ts'

const BURSTS: ReadonlyMap<number, readonly number[]> = new Map([
  [0.8, [1, 2, 5, 10]],
  [1, [1, 2, 5, 10, 20]],
  [1.2, [1, 2, 5, 10]],
])
const BATCH = 24
const REQUESTS = 100_000
const WIDTH = 0.01
const MAX_Z = 3.9

/** Loss of M/D/1/K by the chain embedded at departures: 1 - 1 / (pi_0 + rho). Gross and Harris, 5.1.8. */
function exactLoss(rho: number, k: number): number {
  const arrivals = Array.from({ length: k }, () => 0)
  let probability = Math.exp(-rho)
  for (let n = 0; n < k; n++) {
    arrivals[n] = probability
    probability *= rho / (n + 1)
  }
  // Unnormalised probabilities of 0 to K - 1 left behind: pi_j = pi_0 a_j + sum over i of pi_i a_(j - i + 1).
  const left = [1]
  for (let j = 0; j + 1 < k; j++) {
    let sum = left[j]! - left[0]! * arrivals[j]!
    for (let i = 1; i <= j; i++) sum -= left[i]! * arrivals[j - i + 1]!
    left.push(sum / arrivals[0]!)
  }
  const empty = 1 / left.reduce((sum, value) => sum + value, 0)
  return 1 - 1 / (empty + rho)
}

function bucket(rho: number, burst: number): Scenario {
  const horizon = REQUESTS / rho
  return parseScenario({
    name: `Token bucket ${rho} ${burst}`,
    horizon,
    warmup: horizon / 20,
    workloads: { clients: { to: 'gate', arrivals: { poisson: { rate: rho } } } },
    services: { gate: { overload: { rateLimit: { rate: 1, burst } }, endpoints: { pass: [] } } },
  })
}

let worst = 0
console.log('rho  burst  exact     seen      half-width      z  requests')
for (const [rho, bursts] of BURSTS) {
  for (const burst of bursts) {
    const exact = exactLoss(rho, burst)
    const scenario = bucket(rho, burst)
    const shares: number[] = []
    for (;;) {
      for (let i = 0; i < BATCH; i++) {
        const { measured } = simulate(scenario, { seed: `token-bucket/${shares.length}`, series: false })
        shares.push(measured.errors / measured.ended)
      }
      const { estimate, high } = meanInterval(shares)
      const width = high - estimate
      if (width > WIDTH * exact) continue
      const z = (estimate - exact) / (width / studentQuantile(0.975, shares.length - 1))
      worst = Math.max(worst, Math.abs(z))
      const figures = [exact.toFixed(6), estimate.toFixed(6), `${((100 * width) / exact).toFixed(2)} %`]
      console.log(
        `${rho.toFixed(1)}  ${String(burst).padStart(5)}  ${figures[0]}  ${figures[1]}  ${figures[2]!.padStart(10)}  ${z.toFixed(2).padStart(5)}  ${shares.length * REQUESTS}`,
      )
      break
    }
  }
}
process.exitCode = worst > MAX_Z ? 1 : 0
