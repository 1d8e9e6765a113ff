import type { CostKind } from './types.ts'

/** Here actions change how often decisions come, so that the cost of a decision says little. */
const BY_TIME: ReadonlySet<string> = new Set(['SlowServer-v0', 'Replicas-v0'])

/** What the cost of an episode is where nobody says it. */
export function defaultCost(environment: string): CostKind {
  return BY_TIME.has(environment) ? 'time' : 'auto'
}
