/** Every agent by its name. */
import { SimError, UnknownIdError } from '../src/errors.ts'
import type { Space } from '../src/gym/spaces/space.ts'
import { admissionPolicies } from '../src/policies/admission-control/index.ts'
import { balancingPolicies } from '../src/policies/balancing/index.ts'
import { jointPolicies } from '../src/policies/joint/index.ts'
import { nearest } from '../src/policies/nearest.ts'
import { scalingPolicies } from '../src/policies/scaling/index.ts'
import type { InformationClass, PolicyParams } from '../src/policies/types.ts'
import { weightingPolicies } from '../src/policies/weighting/index.ts'
import type { Agent } from './agent.ts'
import { PARK_HEURISTICS, parkAgent } from './baselines/park-agents.ts'
import {
  admissionAgent,
  balancingAgent,
  jointAgent,
  scalingAgent,
  weightsAgent,
} from './baselines/policy-agent.ts'
import { RandomAgent } from './baselines/random-agent.ts'
import { decodeCheckpoint } from './checkpoint.ts'
import type { NetworkFactory } from './nn/network.ts'
import { PPO_DEFAULTS } from './ppo/config.ts'
import { Ppo } from './ppo/ppo.ts'

/** What an agent may need besides its parameters. */
export type AgentContext = {
  /** For `random` where the environment gives no mask, and for scaling policies where a target is the action. */
  readonly actionSpace?: Space | undefined
  /** For learners; `chooseNetworks` gives them. @default the kernel's */
  readonly networks?: NetworkFactory | undefined
}

export type AgentDefinition = {
  readonly name: string
  /** One sentence, shown by `asyncflow agents`. */
  readonly summary: string
  /** What it decides for: a balancer's, a scaler's or an admission controller's policy, any environment, or a learner. */
  readonly kind:
    | 'balancing'
    | 'weights'
    | 'scaling'
    | 'admission'
    | 'joint'
    | 'park'
    | 'markov'
    | 'any'
    | 'learner'
  /** What it sees; a learner sees what the environment's observation holds. */
  readonly information: InformationClass | 'observation'
  readonly defaults: PolicyParams
  create(params: PolicyParams, context: AgentContext): Agent
}

/** Shown first; every other policy follows. The policy `random` is what the agent `random` is anywhere. */
const FIRST = [
  'weighted-random',
  'round-robin',
  'least-request',
  'jsq',
  'power-of-two',
  'sed',
  'offset-sed',
  'expected-work',
]
const BALANCING = [
  ...FIRST,
  ...[...balancingPolicies.keys()].filter((name) => !FIRST.includes(name) && name !== 'random'),
]
const SCALING = [
  'fixed',
  'threshold',
  'hpa',
  'square-root',
  'kpa',
  'keda',
  'target-tracking',
  'step-scaling',
  'schedule',
  'holt-winters',
  'rate-oracle',
]

/** As agents these have other defaults than as policies. */
const OWN_DEFAULTS: Readonly<Record<string, PolicyParams>> = { jsq: { ties: 'fastest' } }

const definitions: AgentDefinition[] = [
  ...BALANCING.map((name): AgentDefinition => {
    const { summary, information, defaults } = balancingPolicies.get(name)!
    const own = OWN_DEFAULTS[name] ?? {}
    const create = (params: PolicyParams): Agent => balancingAgent(name, { ...own, ...params })
    return { name, summary, kind: 'balancing', information, defaults: { ...defaults, ...own }, create }
  }),
  ...SCALING.map((name): AgentDefinition => {
    const { summary, information, defaults } = scalingPolicies.get(name)!
    return {
      name,
      summary,
      kind: 'scaling',
      information,
      defaults,
      create: (params, { actionSpace }) => scalingAgent(name, params, actionSpace),
    }
  }),
  ...[...weightingPolicies.values()].map(({ name, summary, information, defaults }): AgentDefinition => {
    const create = (params: PolicyParams): Agent => weightsAgent(name, params)
    return { name, summary, kind: 'weights', information, defaults, create }
  }),
  ...[...admissionPolicies.values()].map(({ name, summary, information, defaults }): AgentDefinition => {
    const create = (params: PolicyParams): Agent => admissionAgent(name, params)
    return { name, summary, kind: 'admission', information, defaults, create }
  }),
  ...[...jointPolicies.values()].map(({ name, summary, information, defaults }): AgentDefinition => {
    const create = (params: PolicyParams): Agent => jointAgent(name, params)
    return { name, summary, kind: 'joint', information, defaults, create }
  }),
  ...PARK_HEURISTICS.map((heuristic): AgentDefinition => {
    const { name, summary, information, defaults } = heuristic
    const create = (params: PolicyParams): Agent => parkAgent(heuristic, params)
    return { name, summary, kind: 'park', information, defaults, create }
  }),
  {
    name: 'random',
    summary: 'Uniform over the valid actions.',
    kind: 'any',
    information: 'own',
    defaults: {},
    create: (params, { actionSpace }) => new RandomAgent(params, actionSpace),
  },
  {
    name: 'ppo',
    summary: 'Proximal policy optimisation with masked discrete actions.',
    kind: 'learner',
    information: 'observation',
    defaults: PPO_DEFAULTS,
    create: (params, { networks }) => new Ppo(params, networks),
  },
]

const byName: Map<string, AgentDefinition> = new Map(definitions.map((one) => [one.name, one]))

/** Adds an agent that is defined elsewhere, once: the same definition again changes nothing. Throws for a name in use. */
export function registerAgent(definition: AgentDefinition): void {
  const known = byName.get(definition.name)
  if (known === definition) return
  if (known !== undefined) {
    throw new SimError(
      'name-in-use',
      `there is an agent "${definition.name}" already. Register it under another name.`,
    )
  }
  byName.set(definition.name, definition)
  definitions.push(definition)
}

/** In the order in which they are shown. */
export function agentDefinitions(): readonly AgentDefinition[] {
  return definitions
}

export function agentNames(): readonly string[] {
  return definitions.map(({ name }) => name)
}

/** Throws UnknownIdError for a name that is not registered, ConfigError for parameters that do not fit. */
export function createAgent(name: string, params: PolicyParams = {}, context: AgentContext = {}): Agent {
  const definition = byName.get(name)
  if (definition !== undefined) return definition.create(params, context)
  const meant = nearest(name, byName.keys())
  const hint = meant ? `Did you mean "${meant}"?` : `Known are ${agentNames().join(', ')}.`
  throw new UnknownIdError(name, `unknown agent "${name}". ${hint}`)
}

/** The agent that a checkpoint holds. Throws SimError for bytes that are not a whole checkpoint of this version. */
export function loadAgent(bytes: Uint8Array, context: AgentContext = {}): Agent {
  const { agent: name, params } = decodeCheckpoint(bytes)
  const agent = createAgent(name, params, context)
  agent.load(bytes)
  return agent
}
