/**
 * Autoscaling-v0: at every interval, change the number of replicas that is asked for. A continuing system: never
 * terminated, truncated after a number of decisions or at the scenario's horizon.
 */
import { ConfigError, InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  Box,
  Discrete,
  type Env,
  type EnvSpec,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from '../../src/gym/index.ts'
import { compileScenario } from '../../src/model/compile/compile.ts'
import type { Scaler } from '../../src/model/scaling/scaler.ts'
import { createScalingPolicy } from '../../src/policies/index.ts'
import { Stream } from '../../src/random/index.ts'
import type { Scenario, Service, SimpleProfile } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { EpisodeState } from '../common/episode-state.ts'
import { Episodes } from '../common/episodes.ts'
import { type OfferedLoad, offeredLoad, offeredWork } from '../common/load.ts'
import { modulationSize } from '../common/modulation.ts'
import { Options, policySpec, readStart, type Start } from '../common/options.ts'
import { type DrawnFields, Randomizer } from '../common/randomize.ts'
import { readScenario } from '../common/scenario-source.ts'
import { SimulationSnapshots, type Stateful } from '../common/snapshots.ts'
import { OutcomeTracker } from '../common/summary.ts'
import { AutoscalingInfo } from './info.ts'
import { AutoscalingObservation } from './observation.ts'
import { AutoscalingReward } from './reward.ts'

const WARM_START = 600
const TWO_PI = 6.283185307179586

export class Autoscaling implements Env<Float32Array, number> {
  readonly observationSpace: Box<'float32'>
  /** Action a changes the target by a - k. */
  readonly actionSpace: Discrete
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: Autoscaling
  spec?: EnvSpec | undefined
  /** The run of the current episode. */
  simulation: Simulation | undefined
  readonly load: OfferedLoad
  /** Seconds after which a request is late. */
  readonly slo: number
  private readonly options: AutoscalingOptions
  /** Of the scenario that was given, and of the current episode. */
  private readonly base: EpisodePlan
  private plan: EpisodePlan
  private readonly randomizer: Randomizer | undefined
  /** What was drawn for the episode, where scenarios are drawn. */
  private drawn: DrawnFields | undefined
  private readonly observation: AutoscalingObservation
  private readonly episodes: Episodes = new Episodes()
  private readonly snapshots: SimulationSnapshots
  /** Of the current episode. */
  scaler!: Scaler
  private reward!: AutoscalingReward
  private outcomes!: OutcomeTracker
  private readonly episode: EpisodeState = new EpisodeState()
  /** k: the largest change of the target at a decision. */
  readonly span: number

  /**
   * `shapeOf`: what else, by name, no randomised field may change.
   * @throws ConfigError on options that are unknown or do not fit the scenario.
   */
  constructor(
    kwargs: Readonly<Record<string, unknown>> = {},
    shapeOf: (scenario: Scenario) => object = () => ({}),
  ) {
    this.unwrapped = this
    const options = readOptions(kwargs)
    this.options = options
    const given = readScenario(options.scenario)
    this.snapshots = new SimulationSnapshots('Autoscaling', { ...options, scenario: given })
    // That there is none is said before that its requests have no bound.
    scaledService(given, options.service)
    this.slo = options.slo ?? firstBound(given)
    this.base = this.planOf(given)
    this.plan = this.base
    const { load, service } = this.base
    this.load = load
    const { min, max } = service.autoscaler
    this.span = options.k ?? max - min
    if (options.randomize !== undefined) {
      this.randomizer = new Randomizer(options.scenario, options.randomize, (scenario) => {
        const { autoscaler } = this.planOf(scenario).service
        const actions = 2 * (options.k ?? autoscaler.max - autoscaler.min) + 1
        const phases = options.view === 'full' ? modulationSize(scenario) : 0
        return { actions, phases, ...shapeOf(scenario) }
      })
    }
    this.observation = new AutoscalingObservation(options.view === 'full', options.clock, this.slo, given)
    this.observationSpace = new Box(0, 1, { shape: [this.observation.size] })
    this.actionSpace = new Discrete(2 * this.span + 1)
  }

  /** As episodes run it, but for the phase of its profiles and for what is drawn. */
  get scenario(): Scenario {
    return this.base.scenario
  }

  /** Whose scaler is controlled. */
  get service(): ScaledService {
    return this.base.service
  }

  /** Mean offered load of the scaled service, in replicas. */
  get offeredReplicas(): number {
    return this.base.offeredReplicas
  }

  /** Episodes of this scenario. */
  private planOf(given: Scenario): EpisodePlan {
    const service = scaledService(given, this.options.service)
    const compiled = compileScenario(given)
    const spec = compiled.services[given.services.indexOf(service)]!
    const endpoints = spec.endpoints.map((endpoint) => endpoint.demand)
    const average = endpoints.reduce((sum, demand) => sum + demand, 0) / endpoints.length
    const classes = compiled.classes.map((_, c) => c)
    const load = offeredLoad(compiled, classes, (c) => {
      const name = compiled.endpointNames[compiled.classes[c]!.endpoint]
      return spec.endpoints.find((endpoint) => endpoint.name === name)?.demand ?? average
    })
    const capacity = spec.cores * spec.speeds[0]!
    const offeredReplicas = offeredWork(given, given.services.indexOf(service)) / capacity
    if (!(offeredReplicas > 0)) {
      throw new ConfigError([
        {
          what: `the offered load of ${service.name} is not known before the run`,
          path: 'scenario',
          hint: 'Give its requests a cpu step and open arrivals, whose rate is declared.',
        },
      ])
    }
    const { start } = this.options
    const { interval } = service.autoscaler
    const warm = start.kind === 'empty' ? 0 : wholeIntervals(start.for ?? WARM_START, interval)
    const scenario = this.prepare(given, service, offeredReplicas, warm)
    return { scenario, service, warm, load, capacity, offeredReplicas }
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    const simulation = this.begin(this.episodes.begin(seed))
    if (this.plan.warm > 0) simulation.until(this.plan.warm)
    simulation.control({ scaler: this.plan.service.name })
    const stop = simulation.run()
    this.episode.begin(simulation.now, stop.reason === 'decision')
    this.outcomes = new OutcomeTracker(simulation)
    this.reward.start()
    return { observation: this.observation.read(this.scaler, simulation), info: this.info(0, false) }
  }

  /** The run of the episode of that seed, at its start. */
  private begin(seed: string): Simulation {
    if (this.randomizer !== undefined) {
      const { scenario, fields } = this.randomizer.draw(seed)
      this.plan = this.planOf(scenario)
      this.drawn = fields
    }
    const { scenario } = this.plan
    const simulation = new Simulation(this.options.randomPhase ? withPhase(scenario, seed) : scenario, {
      seed,
      series: false,
      lateAfter: this.slo,
    })
    this.simulation = simulation
    this.scaler = simulation.world.scalers.all.find((scaler) => scaler.spec.name === this.plan.service.name)!
    // The unit is the same in all episodes.
    const unit = this.base.service.autoscaler.interval * this.base.offeredReplicas
    const kappa = this.options.kappa ?? 10 * this.load.demand
    this.reward = new AutoscalingReward(simulation, this.scaler, unit, kappa, this.options.rampCost)
    return simulation
  }

  /** Whether a decision is due. */
  get running(): boolean {
    return this.episode.running
  }

  step(action: number): StepResult<Float32Array> {
    if (this.simulation === undefined) throw new ResetNeededError()
    if (!this.episode.running)
      throw new InvalidActionError(action, 'the episode has ended. Call reset() first.')
    const target = this.validTarget(action)
    return this.take(target, target !== this.scaler.target + action - this.span)
  }

  /** Asks for `target` replicas, from min to max, and runs to the next decision. `invalid`: the action was replaced. */
  take(target: number, invalid: boolean): StepResult<Float32Array> {
    const simulation = this.simulation!
    simulation.decide(target)
    const stop = simulation.run()
    const { episode } = this
    let elapsed = episode.decided(simulation.now)
    const truncated = stop.reason !== 'decision' || episode.decisions === this.options.episodeLength
    let reward = this.reward.step()
    const { terms } = this.reward
    const observation = this.observation.read(this.scaler, simulation)
    if (truncated && stop.reason === 'decision' && this.options.settle) {
      reward += this.settle(terms)
      elapsed += simulation.now - episode.decidedAt
    }
    const info = this.info(elapsed, invalid)
    if (truncated) {
      info.summary = this.outcomes.summary(episode.decisions, simulation.now - episode.startedAt)
      episode.running = false
    }
    return { observation, reward, terminated: false, truncated, info }
  }

  snapshot(): Uint8Array {
    return this.snapshots.save(this.simulation, this.parts)
  }

  restore(snapshot: Uint8Array): void {
    this.snapshots.restore(snapshot, (seed) => {
      if (this.simulation?.seed === seed) return { simulation: this.simulation, parts: this.parts }
      const simulation = this.begin(seed)
      simulation.control({ scaler: this.plan.service.name })
      this.outcomes = new OutcomeTracker(simulation)
      return { simulation, parts: this.parts }
    })
  }

  /** What has a state beside the simulation. */
  private get parts(): Stateful[] {
    return [this.episodes, this.episode, this.reward, this.outcomes]
  }

  close(): void {
    this.simulation = undefined
    this.episode.running = false
  }

  /** Startup + SLO more, with the target frozen: what the last decisions did is paid for. Gives its reward. */
  private settle(before: AutoscalingReward['terms']): number {
    const simulation = this.simulation!
    const until = simulation.now + this.scaler.startup + this.slo
    simulation.decide(this.scaler.target)
    while (simulation.until(until).reason === 'decision') simulation.decide(this.scaler.target)
    const reward = this.reward.step()
    const { terms } = this.reward
    this.reward.terms = {
      requestSeconds: before.requestSeconds + terms.requestSeconds,
      failureCharge: 0,
      replicaSeconds: before.replicaSeconds + terms.replicaSeconds,
      late: before.late + terms.late,
    }
    return reward
  }

  private info(elapsed: number, invalidAction: boolean): AutoscalingInfo {
    const simulation = this.simulation!
    return new AutoscalingInfo(
      {
        time: simulation.now,
        elapsed,
        actionMask: this.mask(),
        rewardUnit: this.reward.unit,
        invalidAction,
        terms: this.reward.terms,
        outcomes: this.outcomes.step(),
        traceId: `${simulation.scenarioHash}:${simulation.seed}`,
        scenario: this.drawn,
      },
      this.scaler,
    )
  }

  private mask(): Int8Array {
    const { min, max, target } = this.scaler
    const mask = new Int8Array(this.actionSpace.n)
    const highest = Math.min(max, target + this.span)
    for (let wanted = Math.max(min, target - this.span); wanted <= highest; wanted++) {
      mask[wanted - target + this.span] = 1
    }
    return mask
  }

  /** What an action asks for, clamped or refused where that is outside [min, max]. @throws InvalidActionError */
  validTarget(action: number): number {
    const { min, max, target } = this.scaler
    const wanted = target + action - this.span
    if (!Number.isInteger(action) || action < 0 || action >= this.actionSpace.n) {
      throw new InvalidActionError(
        action,
        `expected an action from 0 to ${this.actionSpace.n - 1}, got ${String(action)}. Action a changes the target by a - ${this.span}.`,
      )
    }
    if (wanted >= min && wanted <= max) return wanted
    if (this.options.invalidAction === 'error') {
      throw new InvalidActionError(
        action,
        `a target of ${wanted} is outside ${min} to ${max}. Choose an action whose mask is 1 (info.actionMask).`,
      )
    }
    return Math.min(max, Math.max(min, wanted))
  }

  /** Warm: a fixed ceil(a + sqrt a) replicas, a the offered load; with it the scaler of the scenario rests. */
  private prepare(scenario: Scenario, service: ScaledService, a: number, duration: number): Scenario {
    const { start, episodeLength, settle } = this.options
    const { autoscaler } = service
    const n = Math.min(autoscaler.max, Math.max(autoscaler.min, Math.ceil(a + Math.sqrt(a) - 1e-9)))
    const warm = start.kind === 'warm'
    const tail = settle ? this.slo + 10 * autoscaler.interval + 1e4 : 0
    const horizon =
      episodeLength > 0
        ? Math.max(duration, warm ? 0 : scenario.warmup) + (episodeLength + 2) * autoscaler.interval + tail
        : scenario.horizon + duration
    const policy = !warm
      ? autoscaler.policy
      : start.policy === 'staffed'
        ? { name: 'fixed', params: { n } }
        : policySpec(start.policy, 'start.warm')
    if (warm) createScalingPolicy(policy, autoscaler.max, 'start.warm')
    const speed = service.groups[0]!.speed
    return {
      ...scenario,
      // An episode of a length of its own may be shorter than the scenario's warm-up: all of it counts.
      warmup: warm ? duration : episodeLength > 0 ? 0 : scenario.warmup,
      horizon,
      services: scenario.services.map((other) =>
        other === service
          ? {
              ...service,
              groups: warm ? [{ count: n, speed }] : service.groups,
              autoscaler: { ...autoscaler, policy },
            }
          : other,
      ),
    }
  }
}

/** Each episode meets its profile at another hour. */
function withPhase(scenario: Scenario, seed: string): Scenario {
  return {
    ...scenario,
    workloads: scenario.workloads.map((workload) => {
      const { profile } = workload
      if (profile === undefined) return workload
      const phase = TWO_PI * Stream.derive(seed, `phase/${workload.name}`).next()
      const turned = (factor: SimpleProfile) => (factor.kind === 'diurnal' ? { ...factor, phase } : factor)
      return {
        ...workload,
        profile:
          profile.kind === 'product' ? { ...profile, factors: profile.factors.map(turned) } : turned(profile),
      }
    }),
  }
}

function wholeIntervals(seconds: number, interval: number): number {
  return Math.ceil(seconds / interval - 1e-9) * interval
}

export type ScaledService = Service & { readonly autoscaler: NonNullable<Service['autoscaler']> }

/** What an episode runs. */
type EpisodePlan = {
  readonly scenario: Scenario
  /** Before the warm start's changes. */
  readonly service: ScaledService
  /** How long it runs before the first decision, seconds. */
  readonly warm: number
  readonly load: OfferedLoad
  /** Of one replica, seconds of work per second. */
  readonly capacity: number
  readonly offeredReplicas: number
}

export type AutoscalingOptions = {
  readonly scenario: unknown
  /** Ranges by path of a field of the scenario, drawn for each episode. */
  readonly randomize: unknown
  /** Of the service whose scaler is controlled; undefined: the first that has one. */
  readonly service: unknown
  readonly view: 'own' | 'full'
  readonly clock: boolean
  /** Largest change of the target at a decision; undefined: max - min. */
  readonly k: number | undefined
  readonly start: Start
  /** Decisions; 0: to the scenario's horizon. */
  readonly episodeLength: number
  /** Price of a late request, replica-seconds; undefined: 10 S. */
  readonly kappa: number | undefined
  /** Of each start of a replica, replica-seconds. */
  readonly rampCost: number
  /** Seconds; undefined: from the scenario. */
  readonly slo: number | undefined
  readonly settle: boolean
  readonly randomPhase: boolean
  readonly invalidAction: 'error' | 'remap'
}

function readOptions(kwargs: Readonly<Record<string, unknown>>): AutoscalingOptions {
  const options = new Options(kwargs)
  const k = options.raw('k', undefined)
  const kappa = options.raw('kappa', undefined)
  const slo = options.raw('slo', undefined)
  const rampCost = options.raw('rampCost', 0)
  const episodeLength = options.raw('episodeLength', 240)
  const clock = options.raw('clock', 'off')
  const read: AutoscalingOptions = {
    scenario: options.raw('scenario', 'diurnal'),
    randomize: options.raw('randomize', undefined),
    service: options.raw('service', undefined),
    view: options.choice('view', ['own', 'full'], 'own'),
    clock: typeof clock === 'boolean' ? clock : options.choice('clock', ['on', 'off'], 'off') === 'on',
    k: k === undefined ? undefined : options.integer('k', 1, 1),
    start: readStart(options, 'staffed'),
    episodeLength: episodeLength === 'horizon' ? 0 : options.integer('episodeLength', 240, 1),
    kappa: kappa === undefined ? undefined : options.number('kappa', 1, 0),
    rampCost: rampCost === 0 ? 0 : options.number('rampCost', 0, 0),
    slo: slo === undefined ? undefined : options.number('slo', 1, 0),
    settle: options.boolean('settle', false),
    randomPhase: options.boolean('randomPhase', true),
    invalidAction: options.choice('invalidAction', ['remap', 'error'], 'remap'),
  }
  options.finish()
  return read
}

function scaledService(scenario: Scenario, name: unknown): ScaledService {
  const scaled = scenario.services.filter((service) => service.autoscaler !== undefined)
  const found = name === undefined ? scaled[0] : scaled.find((service) => service.name === name)
  if (found !== undefined) return found as ScaledService
  const hint =
    scaled.length > 0
      ? `It has ${scaled.map((service) => service.name).join(', ')}.`
      : 'Give a service an autoscaler.'
  const what =
    name === undefined ? 'the scenario has no autoscaler' : `no service "${String(name)}" with an autoscaler`
  throw new ConfigError([{ what, path: name === undefined ? 'scenario' : 'service', hint }])
}

function firstBound(scenario: Scenario): number {
  const slo = scenario.slo.find((item) => item.kind === 'latency')
  if (slo !== undefined) return slo.below
  throw new ConfigError([
    {
      what: 'there is no SLO',
      path: 'slo',
      hint: 'Give the option slo in seconds, or an entry such as "p95 < 250ms" in the scenario.',
    },
  ])
}
