import type { SlotLayout } from '../../src/gym/env.ts'
import { Params } from '../../src/policies/params.ts'
import type { PolicyParams } from '../../src/policies/types.ts'
import type { Activation } from '../nn/network.ts'

export type Schedule = 'constant' | 'linear'

/** Every setting of PPO. Defaults are those of Stable-Baselines3. */
export type PpoConfig = {
  /** Adam's step size. */
  readonly learningRate: number
  /** `linear`: falls to 0 over the steps of the training. */
  readonly learningRateSchedule: Schedule
  /** Parallel environments. */
  readonly nEnvs: number
  /** Steps per environment between two updates. */
  readonly nSteps: number
  /** Rows of a minibatch. */
  readonly batchSize: number
  /** Passes over a rollout in an update. */
  readonly nEpochs: number
  /** Discount per decision, where `discount` is `decision`. */
  readonly gamma: number
  /** `time`: a step that took `info.elapsed` seconds is discounted by exp(-discountRate elapsed), in GAE too. */
  readonly discount: 'decision' | 'time'
  /** Per second, where `discount` is `time`. */
  readonly discountRate: number
  /** Lambda of generalised advantage estimation. */
  readonly gaeLambda: number
  /** Epsilon of the clipped ratio. */
  readonly clipRange: number
  readonly clipRangeSchedule: Schedule
  /** Weight of the entropy bonus. */
  readonly entCoef: number
  /** Weight of the squared error of the values. */
  readonly vfCoef: number
  /** The gradient's norm over both networks is clipped to this. */
  readonly maxGradNorm: number
  /** Advantages of a minibatch are brought to mean 0 and standard deviation 1. */
  readonly normalizeAdvantage: boolean
  /** Observations are brought to mean 0 and variance 1 by running statistics, saved with the agent. */
  readonly normalizeObservations: boolean
  /** Rewards are divided by the running standard deviation of the discounted return, in training alone. */
  readonly normalizeRewards: boolean
  /** An update ends early when the approximate KL divergence exceeds 1.5 times this; null: never. */
  readonly targetKl: number | null
  /** Widths of the hidden layers, of the policy and of the value network each. */
  readonly hidden: readonly number[]
  readonly activation: Activation
  /**
   * Whether the networks share their weights over the slots of the observation (nn/slot-network.ts): where the slots
   * are, `none`, or `auto`: where the environment declares slots.
   */
  readonly slots: 'auto' | 'none' | SlotLayout
}

export const PPO_DEFAULTS: PpoConfig = {
  learningRate: 3e-4,
  learningRateSchedule: 'constant',
  nEnvs: 1,
  nSteps: 2048,
  batchSize: 64,
  nEpochs: 10,
  gamma: 0.99,
  discount: 'decision',
  discountRate: 0,
  gaeLambda: 0.95,
  clipRange: 0.2,
  clipRangeSchedule: 'constant',
  entCoef: 0,
  vfCoef: 0.5,
  maxGradNorm: 0.5,
  normalizeAdvantage: true,
  normalizeObservations: false,
  normalizeRewards: false,
  targetKl: null,
  hidden: [64, 64],
  activation: 'tanh',
  slots: 'auto',
}

/** Throws ConfigError with every problem found. */
export function readPpoConfig(params: PolicyParams): PpoConfig {
  const reader = new Params('ppo', params, PPO_DEFAULTS)
  const positive = { min: 0, above: true }
  const targetKl = reader.raw('targetKl') === null ? null : reader.number('targetKl', positive)
  const hidden = reader.raw('hidden')
  const validHidden =
    Array.isArray(hidden) && hidden.every((width) => Number.isSafeInteger(width) && width >= 1)
  if (!validHidden) {
    reader.reject(`expected a list of widths, got ${JSON.stringify(hidden)}`, 'hidden', 'Write [64, 64].')
  }
  const boolean = (name: string): boolean => {
    const value = reader.raw(name)
    if (typeof value !== 'boolean')
      reader.reject(`expected true or false, got ${JSON.stringify(value)}`, name)
    return value === true
  }
  const config: PpoConfig = {
    learningRate: reader.number('learningRate', positive),
    learningRateSchedule: reader.choice('learningRateSchedule', ['constant', 'linear']),
    nEnvs: reader.integer('nEnvs', { min: 1 }),
    nSteps: reader.integer('nSteps', { min: 1 }),
    batchSize: reader.integer('batchSize', { min: 1 }),
    nEpochs: reader.integer('nEpochs', { min: 1 }),
    gamma: reader.number('gamma', { min: 0, max: 1 }),
    discount: reader.choice('discount', ['decision', 'time']),
    discountRate: reader.number('discountRate', { min: 0 }),
    gaeLambda: reader.number('gaeLambda', { min: 0, max: 1 }),
    clipRange: reader.number('clipRange', positive),
    clipRangeSchedule: reader.choice('clipRangeSchedule', ['constant', 'linear']),
    entCoef: reader.number('entCoef', { min: 0 }),
    vfCoef: reader.number('vfCoef', { min: 0 }),
    maxGradNorm: reader.number('maxGradNorm', positive),
    normalizeAdvantage: boolean('normalizeAdvantage'),
    normalizeObservations: boolean('normalizeObservations'),
    normalizeRewards: boolean('normalizeRewards'),
    targetKl,
    hidden: validHidden ? [...(hidden as number[])] : [],
    activation: reader.choice('activation', ['tanh', 'relu']),
    slots: readSlots(reader),
  }
  if (config.batchSize > config.nEnvs * config.nSteps) {
    reader.reject(
      `expected at most nEnvs x nSteps = ${config.nEnvs * config.nSteps}, got ${config.batchSize}`,
      'batchSize',
    )
  }
  if (config.discount === 'time' && config.discountRate === 0) {
    reader.reject(
      'expected a number above 0 with discount "time", got 0',
      'discountRate',
      'Give it per second.',
    )
  }
  reader.finish()
  return config
}

function readSlots(reader: Params): PpoConfig['slots'] {
  const given = reader.raw('slots')
  if (given === 'auto' || given === 'none') return given
  const { shared, each } = (given ?? {}) as Partial<SlotLayout>
  const isCount = (value: unknown, least: number): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least
  if (isCount(shared, 0) && isCount(each, 1)) return { shared: shared!, each: each! }
  const hint = 'Write { shared: 6, each: 9 }: values before the slots, and of each slot.'
  reader.reject(`expected "auto", "none" or a layout, got ${JSON.stringify(given)}`, 'slots', hint)
  return 'none'
}
