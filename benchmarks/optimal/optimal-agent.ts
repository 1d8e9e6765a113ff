/** The optimal policy of a Markov environment as an agent: what every other agent is measured against there. */
import { decodeCheckpointOf } from '../../agents/checkpoint.ts'
import { type Agent, type AgentDefinition, encodeCheckpoint, registerAgent } from '../../agents/index.ts'
import { SimError } from '../../src/errors.ts'
import type { Info } from '../../src/gym/index.ts'
import type { PolicyParams } from '../../src/policies/index.ts'
import { Params } from '../../src/policies/params.ts'
import { type MarkovModel, markovView, processOf } from './model-of.ts'
import { solve } from './value-iteration.ts'

type Solution = { readonly policy: Int32Array; pointOf(state: unknown): number }

const DEFAULTS = { tolerance: 0.001, limit: 0 }

/** Solved once per process and model: the largest take seconds. */
const solutions: Map<string, Solution> = new Map()

class OptimalAgent implements Agent {
  readonly name = 'optimal'
  private readonly params: PolicyParams
  private readonly tolerance: number
  private readonly limit: number
  private model: MarkovModel | undefined
  private solution: Solution | undefined

  constructor(params: PolicyParams) {
    this.params = params
    const reader = new Params('optimal', params, DEFAULTS)
    this.tolerance = reader.number('tolerance', { min: 1e-8 })
    this.limit = reader.integer('limit', { min: 0 })
    reader.finish()
  }

  act(_observation: unknown, info: Info): number {
    const view = markovView(info.view)
    if (view === undefined) {
      throw new SimError(
        'no-view',
        'optimal needs the model of a Markov environment (info.view). Use Dispatch-v0, SlowServer-v0 or Replicas-v0.',
      )
    }
    if ((view.state as { phase?: number }).phase === -1) {
      throw new SimError('hidden-state', 'optimal needs the phase. Leave out the option hidePhase.')
    }
    if (this.model !== view.model) {
      this.model = view.model
      this.solution = this.solved(view.model)
    }
    const { policy, pointOf } = this.solution!
    return policy[pointOf(view.state)]!
  }

  save(): Uint8Array {
    return encodeCheckpoint({ agent: this.name, params: this.params })
  }

  /** The parameters stay this agent's own. */
  load(bytes: Uint8Array): void {
    decodeCheckpointOf(this.name, bytes)
  }

  private solved(model: MarkovModel): Solution {
    const key = JSON.stringify([model, this.tolerance, this.limit])
    let solution = solutions.get(key)
    if (solution === undefined) {
      const { process, pointOf } = processOf(model, this.limit === 0 ? undefined : this.limit)
      const { policy } = solve(process, { tolerance: this.tolerance })
      solution = { policy, pointOf }
      solutions.set(key, solution)
    }
    return solution
  }
}

const definition: AgentDefinition = {
  name: 'optimal',
  summary: 'The policy of least average cost of a Markov environment, computed by value iteration.',
  kind: 'markov',
  information: 'own',
  defaults: DEFAULTS,
  create: (params) => new OptimalAgent(params),
}

/** Makes `optimal` known to `createAgent`. */
export function registerOptimal(): void {
  registerAgent(definition)
}
