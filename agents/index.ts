export type { Agent, TrainOptions } from './agent.ts'
export {
  admissionAgent,
  balancingAgent,
  jointAgent,
  PolicyAgent,
  scalingAgent,
  weightsAgent,
} from './baselines/policy-agent.ts'
export { RandomAgent } from './baselines/random-agent.ts'
export { CHECKPOINT_VERSION, type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
export {
  type AgentContext,
  type AgentDefinition,
  agentDefinitions,
  agentNames,
  createAgent,
  loadAgent,
  registerAgent,
} from './create-agent.ts'
export {
  type ChooseNetworksOptions,
  chooseNetworks,
  KERNEL_LIMIT,
  kernelNetworks,
  type NetworkBackend,
} from './nn/choose-networks.ts'
export {
  type Activation,
  type Adam,
  type LayerSpec,
  mlp,
  type Network,
  type NetworkFactory,
  type NetworkSpec,
  type NetworkState,
} from './nn/network.ts'
export { type LoadTfjsOptions, loadTfjs, type TfjsBackend } from './nn/tfjs/load-tfjs.ts'
export { PPO_DEFAULTS, type PpoConfig } from './ppo/config.ts'
export { Ppo } from './ppo/ppo.ts'
