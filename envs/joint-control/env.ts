/**
 * JointControl-v0: at every interval of a service's autoscaler, set the weights of the balancers before it, the number of
 * its replicas and the rate of requests that may enter it. Scaling, reward and episode are those of Autoscaling-v0, which
 * runs inside.
 */
import { ConfigError, InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  Box,
  Dict,
  type DictValue,
  Discrete,
  type Env,
  type EnvSpec,
  packSnapshot,
  type ResetOptions,
  type ResetResult,
  type StepResult,
  unpackSnapshot,
} from '../../src/gym/index.ts'
import type { Balancer } from '../../src/model/balancing/balancer.ts'
import type { JointView } from '../../src/policies/types.ts'
import { exp, log } from '../../src/random/math.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { Autoscaling } from '../autoscaling/env.ts'
import type { AutoscalingTerms } from '../autoscaling/reward.ts'
import { PoolMeter } from '../common/pool-meter.ts'
import { StepInfo } from '../common/step-info.ts'
import { JointControlObservation } from './observation.ts'
import { GateCounts, type JointControlTerms } from './reward.ts'

/** Rates that the gate may have, over the capacity of all slots. */
export const LEAST_RATE = 0.1
export const MOST_RATE = 2
/** Seconds of the rate that may enter at once, and at least one request. */
const BURST = 1
const SPREADING = { name: 'weighted', params: { by: 'weight' } } as const

type ActionSpaces = { weights: Box<'float32'>; replicas: Discrete; admit: Box<'float32'> }
export type JointControlAction = DictValue<ActionSpaces>

export class JointControl implements Env<Float32Array, JointControlAction> {
  readonly observationSpace: Box<'float32'>
  readonly actionSpace: Dict<ActionSpaces>
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: JointControl
  spec?: EnvSpec | undefined
  /** The same service with scaling alone. */
  readonly scaling: Autoscaling
  /** Requests per second that all slots can serve at their declared speed. */
  readonly capacity: number
  private readonly names: readonly string[]
  private readonly observation: JointControlObservation
  private pool!: PoolMeter
  private counts!: GateCounts
  /** The action that is in force at the gate. */
  private admit = 1
  private terms!: JointControlTerms

  /** @throws ConfigError on options that are unknown or do not fit the scenario. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    this.unwrapped = this
    const scaling = new Autoscaling(kwargs, ({ services }) => ({
      slots: services.map(({ autoscaler }) => autoscaler?.max ?? 0).join(),
    }))
    this.scaling = scaling
    const probe = new Simulation(scaling.scenario, { series: false })
    this.names = balancersOf(probe, scaling.service.name)
    const first = this.balancers(probe)[0]!
    const { n, cores, speed } = first
    this.capacity = cores.reduce((sum, count, i) => sum + count * speed[i]!, 0) / scaling.load.demand
    this.observation = new JointControlObservation(
      scaling.observationSpace.shape[0]!,
      n,
      kwargs.view === 'full',
    )
    this.observationSpace = new Box(0, 1, { shape: [this.observation.size] })
    this.actionSpace = new Dict({
      weights: new Box(0, 1, { shape: [n] }),
      replicas: new Discrete(2 * scaling.span + 1),
      admit: new Box(0, 1, { shape: [1] }),
    })
  }

  /** The run of the current episode. */
  get simulation(): Simulation | undefined {
    return this.scaling.simulation
  }

  reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    const { scaling } = this
    const { observation, info } = scaling.reset(options)
    const simulation = scaling.simulation!
    const balancers = this.balancers(simulation)
    const { rate, demand } = scaling.load
    this.pool = new PoolMeter(simulation, balancers, rate, demand)
    for (const balancer of balancers) balancer.setPolicy(SPREADING)
    this.pool.weighByPower()
    this.counts = new GateCounts(simulation.world.gate)
    this.setRate(1)
    this.terms = this.counts.read(info.terms as AutoscalingTerms)
    return { observation: this.look(observation), info: this.info(info) }
  }

  step(action: JointControlAction): StepResult<Float32Array> {
    if (this.simulation === undefined) throw new ResetNeededError()
    if (!this.actionSpace.contains(action)) {
      const { weights, replicas } = this.actionSpace.spaces
      throw new InvalidActionError(
        action,
        `expected { weights: Float32Array of ${weights.shape[0]} numbers from 0 to 1, replicas: integer from 0 to ${replicas.n - 1}, admit: Float32Array of one number from 0 to 1 }, got ${describe(action)}. Take one of the action space.`,
      )
    }
    const { scaling } = this
    if (!scaling.running) throw new InvalidActionError(action, 'the episode has ended. Call reset() first.')
    const target = scaling.validTarget(action.replicas)
    const invalid = target !== scaling.scaler.target + action.replicas - scaling.span
    this.pool.setWeights(action.weights)
    this.setRate(action.admit[0]!)
    const result = scaling.take(target, invalid)
    this.terms = this.counts.read(result.info.terms as AutoscalingTerms)
    return { ...result, observation: this.look(result.observation), info: this.info(result.info) }
  }

  snapshot(): Uint8Array {
    const scaling = this.scaling.snapshot()
    const { admit, pool, counts } = this
    return packSnapshot('JointControl', { scaling, admit, pool: pool.save(), counts: counts.save() })
  }

  restore(snapshot: Uint8Array): void {
    const saved = unpackSnapshot('JointControl', snapshot) as Saved
    const before = this.simulation
    this.scaling.restore(saved.scaling)
    const simulation = this.simulation!
    if (simulation !== before) {
      const { rate, demand } = this.scaling.load
      this.pool = new PoolMeter(simulation, this.balancers(simulation), rate, demand)
      this.counts = new GateCounts(simulation.world.gate)
    }
    this.admit = saved.admit
    this.pool.load(saved.pool)
    this.counts.load(saved.counts)
  }

  close(): void {
    this.scaling.close()
  }

  /** From a tenth of the capacity at 0 to twice the capacity at 1, in equal ratios. */
  private setRate(admit: number): void {
    this.admit = admit
    const rate = this.capacity * LEAST_RATE * exp(admit * log(MOST_RATE / LEAST_RATE))
    const { gate } = this.simulation!.world
    gate.limit(this.scaling.scaler.service, rate, Math.max(1, BURST * rate))
  }

  private look(scaling: Float32Array): Float32Array {
    const simulation = this.simulation!
    this.pool.read(simulation.now)
    return this.observation.read(scaling, this.admit, this.counts.shedShare, this.pool, simulation)
  }

  private info(scaling: StepResult<unknown>['info']): StepInfo<JointView> {
    const { scaler } = this.scaling
    const { pool, capacity, terms } = this
    const actionMask = { replicas: scaling.actionMask }
    return new StepInfo<JointView>(
      { ...scaling, actionMask, terms },
      { scaling: scaler, pool, capacity, draws: pool.draws },
    )
  }

  private balancers(simulation: Simulation): Balancer[] {
    return simulation.world.balancers.all.filter(({ spec }) => this.names.includes(spec.name))
  }
}

type Saved = {
  readonly scaling: Uint8Array
  readonly admit: number
  readonly pool: unknown
  readonly counts: unknown
}

/** Names of the balancers that spread over exactly the replicas of a service. */
function balancersOf({ world }: Simulation, service: string): string[] {
  const { firstReplica, slots } = world.compiled.services.find(({ name }) => name === service)!
  const found = world.compiled.balancers.filter(
    ({ implicit, replicas }) => !implicit && replicas.length === slots && replicas[0] === firstReplica,
  )
  if (found.length > 0) return found.map(({ name }) => name)
  const what = `there is no balancer of ${service} alone`
  const hint = `Put a balancer in front of it: { edge: { policy: least-request, to: ${service} } }.`
  throw new ConfigError([{ what, path: 'scenario', hint }])
}

function describe(action: unknown): string {
  if (typeof action !== 'object' || action === null) return String(action)
  return `{ ${Object.entries(action)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(', ')} }`
}
