/**
 * The first look: a learner trained from scratch against every heuristic, on three tasks, in minutes. Its budgets
 * are too small for a claim; they are there to see the whole at work.
 */
import type { Suite, SuiteAgent, SuiteTask } from '../types.ts'

/** The learners' settings were chosen by hand with a look at the first evaluation seeds; these were not looked at. */
const FIRST_EPISODE = 1000

const balancers: readonly SuiteAgent[] = [
  { name: 'random' },
  { name: 'weighted-random' },
  { name: 'round-robin' },
  { name: 'least-request' },
  { name: 'power-of-two' },
  { name: 'jsq', params: { ties: 'fastest' } },
  { name: 'sed' },
  {
    name: 'offset-sed',
    tuning: {
      grid: { c: { values: [0.2, 0.6, 1], low: 0 }, b: { values: [0.7, 1, 1.3], low: 0 } },
      episodes: 2,
    },
  },
  { name: 'expected-work' },
]

/**
 * Weights are shared over the slots (`slots`, by default where the environment declares them). A balancer that has
 * learned nothing overloads the pool, and once hundreds of requests wait, one decision is lost in the noise: steps
 * are small, and episodes end often enough to come back to a good state, yet not before slow replicas are met.
 */
function balancerLearner(steps: number): SuiteAgent {
  return {
    name: 'ppo',
    steps,
    params: {
      gamma: 0.97,
      nEnvs: 8,
      nSteps: 512,
      batchSize: 512,
      nEpochs: 6,
      clipRange: 0.1,
      learningRate: 1e-3,
      learningRateSchedule: 'linear',
      normalizeRewards: true,
      hidden: [32, 32],
      activation: 'relu',
    },
  }
}

function balancing(name: string, steps: number): SuiteTask {
  return {
    name,
    environment: 'LoadBalancing-v0',
    kwargs: { scenario: name },
    trainingKwargs: { episodeLength: 3000, start: { for: 3 } },
    validationKwargs: { episodeLength: 10_000 },
    evaluationKwargs: { episodeLength: 20_000 },
    baseline: 'weighted-random',
    agents: [balancerLearner(steps), ...balancers],
    evaluation: { episodes: 24, firstEpisode: FIRST_EPISODE, settle: 3 },
    validation: { episodes: 6, settle: 3, every: steps / 10 },
  }
}

const scaling: SuiteTask = {
  name: 'diurnal',
  environment: 'Autoscaling-v0',
  baseline: 'hpa',
  agents: [
    {
      name: 'ppo',
      steps: 24_576,
      // Changes of at most 4 replicas at a time: of all 57 a learner that tries them at random sees little but overload.
      kwargs: { k: 4 },
      params: {
        gamma: 0.9,
        nEnvs: 4,
        nSteps: 256,
        batchSize: 128,
        nEpochs: 10,
        learningRate: 2e-3,
        learningRateSchedule: 'linear',
        normalizeRewards: true,
        hidden: [32, 32],
      },
    },
    { name: 'random' },
    {
      name: 'fixed',
      tuning: { grid: { n: { values: [14, 16, 18, 20], low: 2, high: 30 } }, episodes: 2 },
    },
    { name: 'threshold' },
    { name: 'hpa' },
    {
      name: 'hpa',
      label: 'hpa-tuned',
      // 60 trials, as many as a learner's settings would get.
      tuning: {
        grid: {
          target: { values: [0.4, 0.5, 0.6, 0.7, 0.8], low: 0.1, high: 1 },
          tolerance: { values: [0, 0.05, 0.1], low: 0 },
          downStabilization: { values: [0, 60, 120, 180], low: 0 },
        },
        episodes: 1,
        widenings: 1,
      },
    },
    {
      name: 'square-root',
      tuning: {
        grid: {
          beta: { values: [0.5, 1, 1.5, 2], low: 0 },
          source: { values: ['last', 'max3'] },
          hold: { values: [0, 60, 120], low: 0 },
        },
        episodes: 2,
      },
    },
  ],
  evaluation: { episodes: 8, firstEpisode: FIRST_EPISODE, settle: 600 },
  validation: { episodes: 2, settle: 600, every: 4096 },
}

export const quick: Suite = {
  name: 'quick',
  description: 'PPO from scratch against the heuristics, on two balancing tasks and a scaling one.',
  trainingSeeds: [1],
  tasks: [balancing('pool-noisy', 819_200), balancing('heterogeneous', 307_200), scaling],
}
