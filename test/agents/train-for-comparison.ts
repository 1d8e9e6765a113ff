import { Ppo } from '../../agents/ppo/ppo.ts'
import { CartPole } from '../reference-envs/cartpole.ts'

export function trainForComparison(seed: number): Uint8Array {
  const agent = new Ppo({ nEnvs: 2, nSteps: 128, nEpochs: 4 })
  agent.train(() => new CartPole(), { steps: 1024, seed })
  return agent.save()
}
