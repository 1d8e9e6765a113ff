/**
 * LoadBalancingWeights-v0: at every interval, set the weights by which balancers spread requests, as a control plane does.
 * A continuing system: never terminated, truncated after a number of decisions or at the scenario's horizon.
 */
import { ConfigError, InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  Box,
  type Env,
  type EnvSpec,
  type ResetOptions,
  type ResetResult,
  type SlotLayout,
  type StepResult,
} from '../../src/gym/index.ts'
import type { Balancer } from '../../src/model/balancing/balancer.ts'
import { compileScenario } from '../../src/model/compile/compile.ts'
import type { WeightsView } from '../../src/policies/types.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { Background } from '../common/background.ts'
import { EpisodeState } from '../common/episode-state.ts'
import { Episodes } from '../common/episodes.ts'
import { failureCosts } from '../common/failure-cost.ts'
import { type OfferedLoad, offeredLoad } from '../common/load.ts'
import { Options, ofClasses, readStart, type Start } from '../common/options.ts'
import { PoolMeter } from '../common/pool-meter.ts'
import { type DrawnFields, Randomizer } from '../common/randomize.ts'
import { relaxationTime } from '../common/relaxation-time.ts'
import { readScenario } from '../common/scenario-source.ts'
import { SimulationSnapshots, type Stateful } from '../common/snapshots.ts'
import { StepInfo } from '../common/step-info.ts'
import { OutcomeTracker } from '../common/summary.ts'
import { controlledBalancers } from '../load-balancing/env.ts'
import { LoadBalancingWeightsObservation } from './observation.ts'
import { LoadBalancingWeightsReward } from './reward.ts'

/** Beyond any episode that ends by its decisions. */
const ENDLESS = 1e9
/** An interval has at least as many arrivals on average, and seconds. */
const ARRIVALS = 200
const SECONDS = 1
/** Smooth weighted round robin. */
const SPREADING = { name: 'weighted', params: { by: 'weight' } } as const

export class LoadBalancingWeights implements Env<Float32Array, Float32Array> {
  readonly observationSpace: Box<'float32'>
  /** One number per slot; weights are in proportion to them, but at least 0.001. */
  readonly actionSpace: Box<'float32'>
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: LoadBalancingWeights
  readonly slotLayout: SlotLayout
  spec?: EnvSpec | undefined
  /** The run of the current episode. */
  simulation: Simulation | undefined
  /** Of the scenario at the balancers. */
  readonly load: OfferedLoad
  /** Seconds. */
  readonly interval: number
  /** Requests per second that the reward counts with: as declared, else what the replicas can serve. */
  readonly referenceRate: number
  private readonly options: LoadBalancingWeightsOptions
  /** Of the current episode. */
  private plan: EpisodePlan
  private readonly randomizer: Randomizer | undefined
  /** What was drawn for the episode, where scenarios are drawn. */
  private drawn: DrawnFields | undefined
  private readonly controlled: readonly string[]
  private readonly background: Background
  private readonly episodes: Episodes = new Episodes()
  private readonly snapshots: SimulationSnapshots
  private pool!: PoolMeter
  private reward!: LoadBalancingWeightsReward
  private outcomes!: OutcomeTracker
  private readonly episode: EpisodeState = new EpisodeState()

  /** @throws ConfigError on options that are unknown or do not fit the scenario. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    this.unwrapped = this
    const options = readOptions(kwargs)
    this.options = options
    const given = readScenario(options.scenario)
    this.controlled = controlledBalancers(given, options)
    this.background = new Background(options, this.controlled)
    this.snapshots = new SimulationSnapshots('LoadBalancingWeights', { ...options, scenario: given })
    this.plan = this.planOf(given)
    const { load, capacity, observation } = this.plan
    this.load = load
    this.referenceRate = load.rate > 0 ? load.rate : capacity
    this.interval = options.interval ?? Math.max(SECONDS, ARRIVALS / this.referenceRate)
    if (options.randomize !== undefined) {
      this.randomizer = new Randomizer(options.scenario, options.randomize, (scenario) => {
        const { slots, classes, phases } = this.planOf(scenario, load.demand).observation
        return { slots, classes, phases }
      })
    }
    this.observationSpace = new Box(0, 1, { shape: [observation.size] })
    this.actionSpace = new Box(0, 1, { shape: [observation.slots] })
    this.slotLayout = observation.layout
  }

  /** Episodes of this scenario. `unit`: seconds that observations are scaled with; default: the mean nominal demand. */
  private planOf(given: Scenario, unit?: number): EpisodePlan {
    const { options } = this
    const simulation = new Simulation(given, { series: false })
    this.background.check(simulation)
    const balancers = this.balancers(simulation)
    const first = balancers[0]!
    if (balancers.some(({ spec }) => String(spec.replicas) !== String(first.spec.replicas))) {
      const hint = 'Control one of them: { control: "one", balancer: name }.'
      throw new ConfigError([{ what: 'the balancers have different replicas', path: 'control', hint }])
    }
    const compiled = compileScenario(given)
    ofClasses(
      'classWeights',
      options.classWeights,
      compiled.classes.map(({ name }) => name),
    )
    const classes = [...new Set(balancers.flatMap(({ spec }) => spec.classes))].sort((a, b) => a - b)
    const reached = classes.length > 0 ? classes : compiled.classes.map((_, c) => c)
    const load = offeredLoad(compiled, reached, (c) => first.spec.classDemand[c]!)
    if (!(load.demand > 0)) {
      const hint = 'Give the endpoints a cpu step.'
      throw new ConfigError([
        { what: 'the requests at the balancer ask for no cpu time', path: 'scenario', hint },
      ])
    }
    const capacity = first.cores.reduce((sum, count, i) => sum + count * first.speed[i]!, 0) / load.demand
    const { start } = options
    const warm = start.kind === 'empty' ? 0 : (start.for ?? relaxationTime(given, first, load))
    const observation = new LoadBalancingWeightsObservation(
      first,
      compiled.classes.length,
      unit ?? load.demand,
      options.view === 'full',
      options.hideSpeed,
      given,
    )
    return { scenario: this.prepare(given, warm), warm, load, capacity, observation }
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    const simulation = this.begin(this.episodes.begin(seed))
    const { warm } = this.plan
    simulation.until(Math.max(0, warm - this.interval))
    this.pool.read(simulation.now)
    simulation.until(warm)
    this.handOver(simulation)
    this.episode.begin(simulation.now)
    this.outcomes = new OutcomeTracker(simulation)
    this.reward.start()
    return { observation: this.look(), info: this.info(0) }
  }

  /** The run of the episode of that seed, at its start. */
  private begin(seed: string): Simulation {
    if (this.randomizer !== undefined) {
      const { scenario, fields } = this.randomizer.draw(seed)
      this.plan = this.planOf(scenario, this.load.demand)
      this.drawn = fields
    }
    const { options, load } = this
    const { scenario } = this.plan
    const simulation = new Simulation(scenario, {
      seed,
      series: false,
      ...(options.slo === undefined ? {} : { lateAfter: options.slo }),
    })
    this.simulation = simulation
    const costs = failureCosts(simulation.world.compiled, load.demand, options.failureCost)
    const requests = this.interval * this.referenceRate
    this.reward = new LoadBalancingWeightsReward(simulation, options, load, costs, requests)
    const balancers = this.balancers(simulation)
    this.pool = new PoolMeter(simulation, balancers, load.rate, load.demand)
    return simulation
  }

  step(action: Float32Array): StepResult<Float32Array> {
    if (this.simulation === undefined) throw new ResetNeededError()
    if (!this.actionSpace.contains(action)) {
      throw new InvalidActionError(
        action,
        `expected a Float32Array of ${this.actionSpace.shape[0]} numbers from 0 to 1, got ${String(action)}. Clip it.`,
      )
    }
    if (!this.episode.running)
      throw new InvalidActionError(action, 'the episode has ended. Call reset() first.')
    const { simulation, episode } = this
    this.pool.setWeights(action)
    const stop = simulation.until(episode.decidedAt + this.interval)
    const { now } = simulation
    const elapsed = episode.decided(now)
    const truncated = stop.reason === 'end' || episode.decisions === this.options.episodeLength
    const reward = this.reward.step()
    const observation = this.look()
    const info = this.info(elapsed)
    if (truncated) {
      info.summary = this.outcomes.summary(episode.decisions, now - episode.startedAt)
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
      this.outcomes = new OutcomeTracker(simulation)
      return { simulation, parts: this.parts }
    })
  }

  /** What has a state beside the simulation. */
  private get parts(): Stateful[] {
    return [this.episodes, this.episode, this.reward, this.outcomes, this.pool]
  }

  close(): void {
    this.simulation = undefined
    this.episode.running = false
  }

  private look(): Float32Array {
    const simulation = this.simulation!
    this.pool.read(simulation.now)
    return this.plan.observation.read(this.pool, simulation)
  }

  private info(elapsed: number): StepInfo<WeightsView> {
    const simulation = this.simulation!
    return new StepInfo<WeightsView>(
      {
        time: simulation.now,
        elapsed,
        rewardUnit: this.load.demand * this.interval * this.referenceRate,
        invalidAction: false,
        terms: this.reward.terms,
        outcomes: this.outcomes.step(),
        traceId: `${simulation.scenarioHash}:${simulation.seed}`,
        scenario: this.drawn,
      },
      this.pool,
    )
  }

  private balancers(simulation: Simulation): Balancer[] {
    const { all } = simulation.world.balancers
    return this.controlled.map((name) => all.find(({ spec }) => spec.name === name)!)
  }

  /** The scenario as episodes run it: during a warm start under the reference policy everywhere. */
  private prepare(scenario: Scenario, warm: number): Scenario {
    const { start, episodeLength } = this.options
    return {
      ...this.background.prepare(scenario),
      // An episode of a length of its own may be shorter than the scenario's warm-up: all of it counts.
      warmup: start.kind === 'warm' ? warm : episodeLength > 0 ? 0 : scenario.warmup,
      horizon: episodeLength > 0 ? ENDLESS : scenario.horizon + warm,
    }
  }

  /** The agent's weights from now on; the other balancers go on with their own policies. */
  private handOver(simulation: Simulation): void {
    this.background.handOver(simulation)
    for (const balancer of this.balancers(simulation)) balancer.setPolicy(SPREADING)
    this.pool.weighByPower()
  }
}

/** What an episode runs. */
type EpisodePlan = {
  readonly scenario: Scenario
  /** How long it runs before the first decision, seconds. */
  readonly warm: number
  readonly load: OfferedLoad
  /** Requests per second that all slots can serve. */
  readonly capacity: number
  readonly observation: LoadBalancingWeightsObservation
}

export type LoadBalancingWeightsOptions = {
  readonly scenario: unknown
  /** Ranges by path of a field of the scenario, drawn for each episode. */
  readonly randomize: unknown
  readonly view: 'own' | 'full'
  readonly control: 'all' | 'one'
  readonly balancer: unknown
  readonly background: unknown
  readonly start: Start
  /** Seconds; undefined: one, or the time of 200 arrivals if that is longer. */
  readonly interval: number | undefined
  /** Decisions; 0: to the scenario's horizon. */
  readonly episodeLength: number
  readonly hideSpeed: boolean
  /** Seconds; undefined: from the scenario. */
  readonly failureCost: number | undefined
  readonly reward: 'response' | 'slo'
  /** Seconds after which a request is late, where the reward is `slo`. */
  readonly slo: number | undefined
  readonly classWeights: Readonly<Record<string, number>>
}

function readOptions(kwargs: Readonly<Record<string, unknown>>): LoadBalancingWeightsOptions {
  const options = new Options(kwargs)
  const cost = options.raw('failureCost', undefined)
  const slo = options.raw('slo', undefined)
  const interval = options.raw('interval', undefined)
  const episodeLength = options.raw('episodeLength', 240)
  const read: LoadBalancingWeightsOptions = {
    scenario: options.raw('scenario', 'pool-noisy'),
    randomize: options.raw('randomize', undefined),
    view: options.choice('view', ['own', 'full'], 'own'),
    control: options.choice('control', ['all', 'one'], 'all'),
    balancer: options.raw('balancer', undefined),
    background: options.raw('background', undefined),
    start: readStart(options, 'least-request'),
    interval: interval === undefined ? undefined : options.number('interval', 1, 0),
    episodeLength: episodeLength === 'horizon' ? 0 : options.integer('episodeLength', 240, 1),
    hideSpeed: options.boolean('hideSpeed', false),
    failureCost: cost === undefined ? undefined : options.number('failureCost', 1, 0),
    reward: options.choice('reward', ['response', 'slo'], 'response'),
    slo: slo === undefined ? undefined : options.number('slo', 1, 0),
    classWeights: options.byClass('classWeights', true),
  }
  if (read.reward === 'slo' && read.slo === undefined) {
    options.reject('slo', 'reward "slo" needs the bound', undefined, 'Give slo in seconds.')
  }
  options.finish()
  return read
}
