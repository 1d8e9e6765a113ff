export { CartPole } from '../../benchmarks/reference-envs/cartpole.ts'
