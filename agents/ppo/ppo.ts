/**
 * Proximal policy optimisation (Schulman et al., 2017) for Box observations and masked Discrete actions, with the
 * details of https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/. Settings: config.ts; metrics
 * and implementation details: docs/reference/agents.md.
 */
import { SimError } from '../../src/errors.ts'
import type { Env, Info, SlotLayout } from '../../src/gym/env.ts'
import type { SpaceJSON } from '../../src/gym/spaces/space.ts'
import type { PolicyParams } from '../../src/policies/types.ts'
import { exp } from '../../src/random/math.ts'
import { Stream, type StreamState } from '../../src/random/stream.ts'
import type { Agent, TrainOptions } from '../agent.ts'
import { decodeCheckpointOf, encodeCheckpoint } from '../checkpoint.ts'
import { argmaxCategorical, maskedLogSoftmax, sampleCategorical } from '../nn/categorical.ts'
import { kernelNetworks } from '../nn/choose-networks.ts'
import { mlp, type Network, type NetworkFactory, type NetworkState, type TowerSpec } from '../nn/network.ts'
import { resolveSlots, SlotNetwork } from '../nn/slot-network.ts'
import { type AgentSpaces, readMask, readObservation, spacesFromJSON } from '../observations.ts'
import { RewardScaler, type RewardScalerState } from '../reward-scaler.ts'
import { type NormalizerState, RunningNormalizer } from '../running-normalizer.ts'
import { TrainingEnvs, type TrainingEnvsState } from '../training-envs.ts'
import { type PpoConfig, readPpoConfig } from './config.ts'
import { gae } from './gae.ts'
import { normalizeAdvantages, type PpoLoss, ppoLoss } from './loss.ts'
import { Rollout } from './rollout.ts'

/** Where a training stands, at the end of an update: what `train` with the same seed continues from. */
type Progress = {
  readonly seed: number
  readonly steps: number
  readonly stream: StreamState
  readonly envs: TrainingEnvsState
  readonly normalizer: NormalizerState | null
  readonly scaler: RewardScalerState | null
}

/** What an agent has once it knows the spaces. */
type Model = {
  readonly spaces: AgentSpaces
  readonly network: Network
  readonly normalizer: RunningNormalizer | undefined
  /** Room for acting on one state. */
  readonly observation: Float32Array
  readonly mask: Uint8Array
  readonly logP: Float64Array
}

type Metrics = Record<string, number>

export class Ppo implements Agent {
  readonly name = 'ppo'
  readonly config: PpoConfig
  private readonly params: PolicyParams
  private readonly networks: NetworkFactory
  private model: Model | undefined
  private progress: Progress | undefined
  /** Sampled actions outside of training. */
  private stream: Stream = Stream.derive(0, 'ppo/act')

  /** Throws ConfigError for settings that do not fit. `networks` default to the kernel's. */
  constructor(params: PolicyParams = {}, networks: NetworkFactory = kernelNetworks) {
    this.config = readPpoConfig(params)
    this.params = params
    this.networks = networks
  }

  get parameterCount(): number | undefined {
    return this.model?.network.parameterCount
  }

  act(observation: unknown, info: Info, deterministic = true): number {
    const { spaces, network, normalizer, observation: row, mask, logP } = this.trained()
    readObservation(observation, spaces.observationSize, row, 0)
    readMask(info, spaces.actionCount, mask, 0)
    normalizer?.apply(row, 0)
    const [logits] = network.forward(row, 1)
    maskedLogSoftmax(logits!, 0, spaces.actionCount, mask, 0, logP)
    const action = deterministic
      ? argmaxCategorical(logP, spaces.actionCount)
      : sampleCategorical(logP, spaces.actionCount, this.stream.next())
    return spaces.actionStart + action
  }

  reset(seed: number): void {
    this.stream = Stream.derive(seed, 'ppo/act')
  }

  /**
   * Trains until `steps` environment steps in all, rounded up to whole rollouts. An agent that was loaded, or whose
   * training stopped, continues exactly where it stood when the seed is the same; with another seed it starts anew
   * from its weights. `onProgress` and `evaluate` are called after updates.
   */
  train(makeEnv: (index: number) => Env, options: TrainOptions): void {
    const resumed = this.progress?.seed === options.seed ? this.progress : undefined
    if (resumed !== undefined && resumed.steps >= options.steps) return
    const envs = new TrainingEnvs(makeEnv, this.config.nEnvs, options.seed, this.name)
    try {
      this.learn(envs, options, resumed)
    } finally {
      envs.close()
    }
  }

  private learn(envs: TrainingEnvs, options: TrainOptions, resumed: Progress | undefined): void {
    const { config } = this
    const { nEnvs, nSteps, batchSize, nEpochs, maxGradNorm } = config
    const { observationSize, actionCount } = envs.spaces
    this.prepare(envs.spaces, options.seed)
    const { network, normalizer, logP } = this.trained()
    const stream = Stream.derive(options.seed, 'ppo/train')
    const scaler = config.normalizeRewards ? new RewardScaler(nEnvs) : undefined
    let steps = 0
    if (resumed !== undefined) {
      envs.load(resumed.envs)
      if (resumed.normalizer !== null) normalizer?.load(resumed.normalizer)
      if (resumed.scaler !== null) scaler?.load(resumed.scaler)
      stream.load(resumed.stream)
      steps = resumed.steps
    } else {
      envs.start()
    }

    const rollout = new Rollout(nSteps, nEnvs, observationSize, actionCount)
    const batch = rollout.minibatch(batchSize)
    const order = Int32Array.from({ length: rollout.size }, (_, i) => i)
    const current = new Float32Array(nEnvs * observationSize)
    const logitGradients = new Float32Array(batchSize * actionCount)
    const valueGradients = new Float32Array(batchSize)

    while (steps < options.steps && !options.signal?.aborted) {
      const remaining = 1 - steps / options.steps
      const learningRate = config.learningRate * (config.learningRateSchedule === 'linear' ? remaining : 1)
      const clipRange = config.clipRange * (config.clipRangeSchedule === 'linear' ? remaining : 1)

      // Rollout: run the policy pi_old in every environment for nSteps
      envs.clearEpisodes()
      for (let t = 0; t < nSteps; t++) {
        for (let env = 0; env < nEnvs; env++) normalizer?.update(envs.observations, env * observationSize)
        this.observe(envs, current)
        const at = t * nEnvs
        rollout.observations.set(current, at * observationSize)
        rollout.masks.set(envs.masks, at * actionCount)
        const [logits, values] = network.forward(current, nEnvs)
        for (let env = 0; env < nEnvs; env++) {
          const i = at + env
          rollout.values[i] = values![env]!
          maskedLogSoftmax(logits!, env * actionCount, actionCount, rollout.masks, i * actionCount, logP)
          const action = sampleCategorical(logP, actionCount, stream.next())
          rollout.actions[i] = action
          rollout.logProbabilities[i] = logP[action]!
        }
        for (let env = 0; env < nEnvs; env++) {
          const i = at + env
          envs.step(env, rollout.actions[i]!)
          const ended = envs.terminated || envs.truncated
          const discount = this.discountOf(envs.info)
          rollout.rewards[i] = scaler?.scale(env, envs.reward, discount, ended) ?? envs.reward
          rollout.discounts[i] = discount
          rollout.ended[i] = ended ? 1 : 0
          // A limit outside the problem is no end of it: what would have followed is worth V(final observation).
          rollout.finalValues[i] =
            envs.truncated && !envs.terminated ? this.valueOf(envs.finalObservation) : 0
        }
      }
      steps += rollout.size

      // Advantages by GAE(lambda); the value targets are A + V
      this.observe(envs, current)
      const lastValues = network.forward(current, nEnvs)[1]!
      for (let env = 0; env < nEnvs; env++) rollout.lastValues[env] = lastValues[env]!
      gae({ ...rollout, nSteps, nEnvs, lambda: config.gaeLambda }, rollout.advantages)
      for (let i = 0; i < rollout.size; i++) rollout.returns[i] = rollout.advantages[i]! + rollout.values[i]!

      // Update: nEpochs of minibatch steps of Adam on the clipped surrogate
      const losses = new LossMeans()
      update: for (let epoch = 0; epoch < nEpochs; epoch++) {
        shuffle(order, stream)
        for (let start = 0; start < rollout.size; start += batchSize) {
          rollout.gather(order, start, Math.min(start + batchSize, rollout.size), batch)
          if (config.normalizeAdvantage) normalizeAdvantages(batch.advantages, batch.size)
          const [logits, values] = network.forward(batch.observations, batch.size)
          const coefficients = { clipRange, vfCoef: config.vfCoef, entCoef: config.entCoef }
          const loss = ppoLoss(logits!, values!, batch, coefficients, logitGradients, valueGradients)
          losses.add(loss)
          if (config.targetKl !== null && loss.approxKl > 1.5 * config.targetKl) break update
          network.backward([logitGradients, valueGradients])
          network.step({ learningRate, maxGradNorm })
        }
      }

      this.progress = {
        seed: options.seed,
        steps,
        stream: stream.save(),
        envs: envs.save(),
        normalizer: normalizer?.save() ?? null,
        scaler: scaler?.save() ?? null,
      }

      const metrics = { 'charts/learning_rate': learningRate, ...losses.metrics(), ...episodeMetrics(envs) }
      options.onProgress?.({
        steps,
        metrics: { ...metrics, 'losses/explained_variance': rollout.explainedVariance() },
      })
      const every = options.evaluate?.every ?? Number.POSITIVE_INFINITY
      if (Math.floor(steps / every) > Math.floor((steps - rollout.size) / every))
        options.evaluate?.run(this, steps)
    }
  }

  /** The current observations, normalised, into `to`. */
  private observe(envs: TrainingEnvs, to: Float32Array): void {
    to.set(envs.observations)
    if (this.model?.normalizer === undefined) return
    for (let env = 0; env < envs.count; env++)
      this.model.normalizer.apply(to, env * envs.spaces.observationSize)
  }

  private valueOf(observation: Float32Array): number {
    const { network, normalizer } = this.trained()
    normalizer?.apply(observation, 0)
    return network.forward(observation, 1)[1]![0]!
  }

  private discountOf(info: Info): number {
    const { discount, gamma, discountRate } = this.config
    if (discount === 'decision') return gamma
    const { elapsed } = info
    if (typeof elapsed === 'number') return exp(-discountRate * elapsed)
    throw new SimError(
      'no-elapsed',
      'discount "time" needs the seconds that a step took (info.elapsed). Use discount "decision" here.',
    )
  }

  /** Makes the networks, or checks that those at hand fit. */
  private prepare(spaces: AgentSpaces, seed: number): void {
    if (this.model === undefined) {
      this.model = makeModel(this.config, spaces, this.networks, seed)
      return
    }
    const own = this.model.spaces
    if (own.observationSize !== spaces.observationSize || own.actionCount !== spaces.actionCount) {
      throw new SimError(
        'spaces',
        `the agent was made for ${own.observationSize} inputs and ${own.actionCount} actions, the environment has ${spaces.observationSize} and ${spaces.actionCount}. Train a new agent for it.`,
      )
    }
  }

  private trained(): Model {
    if (this.model !== undefined) return this.model
    throw new SimError(
      'untrained',
      'ppo has no network yet (act, save). Train it or load a checkpoint first.',
    )
  }

  save(): Uint8Array {
    const { spaces, network, normalizer } = this.trained()
    return encodeCheckpoint({
      agent: this.name,
      params: this.params,
      observationSpace: spaces.observation,
      actionSpace: spaces.action,
      slotLayout: spaces.slotLayout ?? null,
      network: network.save(),
      normalizer: normalizer?.save() ?? null,
      stream: this.stream.save(),
      progress: this.progress ?? null,
    })
  }

  load(bytes: Uint8Array): void {
    const checkpoint = decodeCheckpointOf(this.name, bytes)
    // The settings are the agent's own where the checkpoint does not determine them by its shape.
    const spaces = spacesFromJSON(
      checkpoint.observationSpace as SpaceJSON,
      checkpoint.actionSpace as SpaceJSON,
      this.name,
      (checkpoint.slotLayout as SlotLayout | null | undefined) ?? undefined,
    )
    const model = makeModel(this.config, spaces, this.networks, 0)
    model.network.load(checkpoint.network as NetworkState)
    if (checkpoint.normalizer !== null) model.normalizer?.load(checkpoint.normalizer as NormalizerState)
    this.model = model
    this.stream.load(checkpoint.stream as StreamState)
    this.progress = (checkpoint.progress as Progress | null) ?? undefined
  }
}

/** Separate networks of policy and value, as two towers with one optimiser. */
function makeModel(config: PpoConfig, spaces: AgentSpaces, networks: NetworkFactory, seed: number): Model {
  const { hidden, activation, batchSize, nEnvs } = config
  const { observationSize, actionCount } = spaces
  const maxBatch = Math.max(batchSize, nEnvs)
  const policy = (outputs: number): TowerSpec => mlp(hidden, outputs, { activation, outputGain: 0.01 })
  const value = mlp(hidden, 1, { activation, outputGain: 1 })
  const layout = resolveSlots(config.slots, spaces.slotLayout, observationSize, actionCount)
  const network =
    layout === undefined
      ? networks({ inputs: observationSize, towers: [policy(actionCount), value], maxBatch }, seed)
      : new SlotNetwork({ layout, slots: actionCount, policy: policy(1), value, maxBatch }, networks, seed)
  return {
    spaces,
    network,
    normalizer: config.normalizeObservations ? new RunningNormalizer(spaces.observationSize) : undefined,
    observation: new Float32Array(spaces.observationSize),
    mask: new Uint8Array(spaces.actionCount),
    logP: new Float64Array(spaces.actionCount),
  }
}

/** Fisher and Yates, from the stream alone, so that a resumed training draws the same minibatches. */
function shuffle(order: Int32Array, stream: Stream): void {
  for (let i = 0; i < order.length; i++) order[i] = i
  for (let i = order.length - 1; i > 0; i--) {
    const j = stream.int(i + 1)
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
}

/** Means over the minibatches of an update. */
class LossMeans {
  private readonly losses: PpoLoss[] = []

  add(loss: PpoLoss): void {
    this.losses.push(loss)
  }

  metrics(): Metrics {
    const mean = (key: keyof PpoLoss): number =>
      this.losses.reduce((sum, loss) => sum + loss[key], 0) / this.losses.length
    return {
      'losses/policy_loss': mean('policyLoss'),
      'losses/value_loss': mean('valueLoss'),
      'losses/entropy': mean('entropy'),
      'losses/old_approx_kl': mean('oldApproxKl'),
      'losses/approx_kl': mean('approxKl'),
      'losses/clipfrac': mean('clipFraction'),
    }
  }
}

/** Means over the episodes that ended in the rollout; absent where none did. */
function episodeMetrics({ episodeReturns, episodeLengths }: TrainingEnvs): Metrics {
  if (episodeReturns.length === 0) return {}
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  return { 'charts/episodic_return': mean(episodeReturns), 'charts/episodic_length': mean(episodeLengths) }
}
