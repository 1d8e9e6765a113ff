import type { Scenario } from '../../src/scenario/index.ts'
import type { OfferedLoad } from './load.ts'

const LONGEST_WARM_START = 600

/** How long a warm start takes, seconds: max(warm-up, 50 S / (1 - rho)^2), at most ten minutes. */
export function relaxationTime(
  { warmup }: Scenario,
  { cores, speed }: { readonly cores: Float64Array; readonly speed: Float64Array },
  { rate, demand }: OfferedLoad,
): number {
  const power = cores.reduce((sum, count, i) => sum + count * speed[i]!, 0)
  const rho = Math.min(0.99, (rate * demand) / power)
  const wanted = Number.isNaN(rho) ? 0 : (50 * demand) / ((1 - rho) * (1 - rho))
  return Math.min(LONGEST_WARM_START, Math.max(warmup, wanted))
}
