/** Every measurement, in the order in which they run. */
import { asyncflowSingleServer } from './asyncflow-single-server.ts'
import { balancerCosts } from './balancer-costs.ts'
import { envSnapshots } from './env-snapshots.ts'
import { environmentSteps } from './environment-steps.ts'
import type { Measurement } from './measurement.ts'
import { mm1 } from './mm1.ts'
import { monteCarloWorkers } from './monte-carlo-workers.ts'
import { networkStep } from './network-step.ts'
import { ppoCartpole } from './ppo-cartpole.ts'
import { pythonSteps } from './python-steps.ts'
import { stateMemory } from './state-memory.ts'
import { vectorSteps } from './vector-steps.ts'

export const measurements: readonly Measurement[] = [
  mm1,
  asyncflowSingleServer,
  environmentSteps,
  ppoCartpole,
  networkStep,
  ...balancerCosts,
  stateMemory,
  monteCarloWorkers,
  ...envSnapshots,
  ...vectorSteps,
  ...pythonSteps,
]
