/**
 * AdmissionControl-v0: at each request that arrives at a service, let it in or shed it. A continuing system: never
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
import type { Gate } from '../../src/model/gate.ts'
import { createAdmissionPolicy } from '../../src/policies/admission-control/index.ts'
import type { AdmissionView } from '../../src/policies/types.ts'
import type { PolicySpec, Scenario, Service } from '../../src/scenario/index.ts'
import { Simulation, type Stop } from '../../src/simulation/index.ts'
import { EpisodeState } from '../common/episode-state.ts'
import { Episodes } from '../common/episodes.ts'
import { type OfferedLoad, offeredLoad } from '../common/load.ts'
import { Options, ofClasses, policySpec, readStart, type Start } from '../common/options.ts'
import { type DrawnFields, Randomizer } from '../common/randomize.ts'
import { readScenario } from '../common/scenario-source.ts'
import { SimulationSnapshots, type Stateful } from '../common/snapshots.ts'
import { StepInfo } from '../common/step-info.ts'
import { OutcomeTracker } from '../common/summary.ts'
import { AdmissionObservation } from './observation.ts'
import { AdmissionReward } from './reward.ts'

/** Beyond any episode that ends by its decisions. */
const ENDLESS = 1e9
const LONGEST_WARM_START = 600
/** Load of a service behind an admission controller: what comes above is shed, so that it settles as fast as at this. */
const ADMITTED_LOAD = 0.9
const VALUE = 1
const VALUE_OF_FIRST = 10
/** Both actions are always valid. */
const MASK: Int8Array = Int8Array.of(1, 1)

export class AdmissionControl implements Env<Float32Array, number> {
  readonly observationSpace: Box<'float32'>
  /** 1 admits the request, 0 sheds it. */
  readonly actionSpace: Discrete = new Discrete(2)
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: AdmissionControl
  spec?: EnvSpec | undefined
  /** The run of the current episode. */
  simulation: Simulation | undefined
  /** Of the scenario at the service. */
  readonly load: OfferedLoad
  /** What an answer in time is worth, by class. */
  readonly values: readonly number[]
  private readonly options: AdmissionControlOptions
  /** Of the current episode. */
  private plan: EpisodePlan
  private readonly randomizer: Randomizer | undefined
  /** What was drawn for the episode, where scenarios are drawn. */
  private drawn: DrawnFields | undefined
  private readonly observation: AdmissionObservation
  private readonly episodes: Episodes = new Episodes()
  private readonly snapshots: SimulationSnapshots
  private gate!: Gate
  private reward!: AdmissionReward
  private outcomes!: OutcomeTracker
  private readonly episode: EpisodeState = new EpisodeState()

  /** @throws ConfigError on options that are unknown or do not fit the scenario. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    this.unwrapped = this
    const options = readOptions(kwargs)
    this.options = options
    const given = readScenario(options.scenario)
    this.snapshots = new SimulationSnapshots('AdmissionControl', { ...options, scenario: given })
    this.plan = this.planOf(given)
    const { load, values, levels } = this.plan
    this.load = load
    this.values = values
    if (options.randomize !== undefined) {
      this.randomizer = new Randomizer(options.scenario, options.randomize, (scenario) => {
        const plan = this.planOf(scenario)
        return { levels: plan.levels, classes: plan.values.length }
      })
    }
    this.observation = new AdmissionObservation(levels, load.demand)
    this.observationSpace = new Box(0, 1, { shape: [this.observation.size] })
  }

  /** Episodes of this scenario. */
  private planOf(given: Scenario): EpisodePlan {
    const { options } = this
    const service = namedService(given, options.service)
    const compiled = compileScenario(given)
    const spec = compiled.services[given.services.indexOf(service)]!
    const { endpoints } = spec
    const average = endpoints.reduce((sum, { demand }) => sum + demand, 0) / endpoints.length
    const load = offeredLoad(
      compiled,
      compiled.classes.map((_, c) => c),
      (c) => {
        const name = compiled.endpointNames[compiled.classes[c]!.endpoint]
        return endpoints.find((endpoint) => endpoint.name === name)?.demand ?? average
      },
    )
    if (!(load.demand > 0)) {
      const hint = 'Give its endpoints a cpu step.'
      throw new ConfigError([
        { what: `the requests at ${service.name} ask for no cpu time`, path: 'scenario', hint },
      ])
    }
    const priorities = [...new Set(compiled.classes.map(({ priority }) => priority))]
    const names = compiled.classes.map(({ name }) => name)
    const stated = ofClasses('values', options.values, names)
    const values = compiled.classes.map(
      ({ priority }, c) => stated[c] ?? (priority === 0 && priorities.length > 1 ? VALUE_OF_FIRST : VALUE),
    )
    const bounded = compiled.classes.some(({ deadline }) => deadline < Number.POSITIVE_INFINITY)
    const bound = given.slo.find((item) => item.kind === 'latency')?.below
    const lateAfter = options.slo ?? (bounded ? undefined : bound) ?? Number.POSITIVE_INFINITY
    const power = spec.cores * spec.speeds.subarray(0, spec.initialReady).reduce((sum, x) => sum + x, 0)
    const rho = Math.min(ADMITTED_LOAD, (load.rate * load.demand) / power)
    const settling = (50 * load.demand) / ((1 - rho) * (1 - rho))
    const { start } = options
    const usual = Math.min(LONGEST_WARM_START, Math.max(given.warmup, Number.isNaN(settling) ? 0 : settling))
    const warm = start.kind === 'empty' ? 0 : (start.for ?? usual)
    const warmPolicy: PolicySpec =
      start.kind === 'empty' || start.policy === 'limited'
        ? { name: 'in-flight-limit', params: { limit: 4 * spec.cores } }
        : policySpec(start.policy, 'start.warm')
    createAdmissionPolicy(warmPolicy, priorities.length, 'start.warm')
    const scenario = {
      ...given,
      // An episode of a length of its own may be shorter than the scenario's warm-up: all of it counts.
      warmup: start.kind === 'warm' ? warm : options.episodeLength > 0 ? 0 : given.warmup,
      horizon: options.episodeLength > 0 ? ENDLESS : given.horizon + warm,
    }
    const patience = options.episodeLength > 0 ? given.horizon : Number.POSITIVE_INFINITY
    const levels = priorities.length
    return { scenario, service: service.name, warm, patience, warmPolicy, load, values, levels, lateAfter }
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    const simulation = this.begin(this.episodes.begin(seed))
    if (this.plan.warm > 0) this.warmUp(simulation)
    const stop = this.next(simulation)
    this.episode.begin(simulation.now)
    this.outcomes = new OutcomeTracker(simulation)
    this.reward.start()
    return { observation: this.look(stop), info: this.info(0) }
  }

  /** The run of the episode of that seed, at its start. */
  private begin(seed: string): Simulation {
    if (this.randomizer !== undefined) {
      const { scenario, fields } = this.randomizer.draw(seed)
      this.plan = this.planOf(scenario)
      this.drawn = fields
    }
    const { shedCost, holdingCost } = this.options
    const { scenario, service, lateAfter, values } = this.plan
    const simulation = new Simulation(scenario, {
      seed,
      series: false,
      lateAfter,
      control: { admission: service },
    })
    this.simulation = simulation
    this.gate = simulation.world.gate
    this.gate.rateTime = 20 * this.load.demand
    this.reward = new AdmissionReward(simulation, this.gate, values, shedCost, holdingCost)
    return simulation
  }

  step(action: number): StepResult<Float32Array> {
    if (this.simulation === undefined) throw new ResetNeededError()
    if (!this.episode.running)
      throw new InvalidActionError(action, 'the episode has ended. Call reset() first.')
    if (action !== 0 && action !== 1) {
      throw new InvalidActionError(
        action,
        `expected 1 to admit the request or 0 to shed it, got ${String(action)}. Take one of those.`,
      )
    }
    const { simulation, episode } = this
    // Not where no request has come since the reset.
    const wanted = this.gate.pending >= 0
    if (wanted) {
      this.reward.decided(episode.decisions, action === 1)
      simulation.decide(action)
    }
    const stop: Stop = wanted ? this.next(simulation) : { reason: 'end' }
    const { now } = simulation
    const elapsed = episode.decided(now)
    const truncated = stop.reason !== 'decision' || episode.decisions === this.options.episodeLength
    const reward = this.reward.step()
    const info = this.info(elapsed)
    if (truncated) {
      info.summary = this.outcomes.summary(episode.decisions, now - episode.startedAt)
      episode.running = false
    }
    return { observation: this.look(stop), reward, terminated: false, truncated, info }
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
    return [this.episodes, this.episode, this.reward, this.outcomes]
  }

  close(): void {
    this.simulation = undefined
    this.episode.running = false
  }

  private warmUp(simulation: Simulation): void {
    const { warm, warmPolicy, levels } = this.plan
    const policy = createAdmissionPolicy(warmPolicy, levels)
    const { gate } = this
    while (simulation.until(warm).reason === 'decision')
      simulation.decide(policy.decide(gate, gate.draws) ? 1 : 0)
  }

  /** To the next decision. Where requests cease to come, the episode ends after as long as the scenario's horizon. */
  private next(simulation: Simulation): Stop {
    return simulation.until(simulation.now + this.plan.patience)
  }

  private look(stop: Stop): Float32Array {
    return this.observation.read(this.gate, stop.reason === 'decision')
  }

  private info(elapsed: number): StepInfo<AdmissionView> {
    const simulation = this.simulation!
    return new StepInfo<AdmissionView>(
      {
        time: simulation.now,
        elapsed,
        actionMask: MASK,
        rewardUnit: 1,
        invalidAction: false,
        terms: this.reward.terms,
        outcomes: this.outcomes.step(),
        credits: this.reward.credits,
        traceId: `${simulation.scenarioHash}:${simulation.seed}`,
        scenario: this.drawn,
      },
      this.gate,
    )
  }
}

/** What an episode runs. */
type EpisodePlan = {
  readonly scenario: Scenario
  /** Whose admission is controlled. */
  readonly service: string
  /** How long it runs before the first decision, seconds, and who admits until then. */
  readonly warm: number
  readonly warmPolicy: PolicySpec
  /** It ends when no request has come for so long, seconds. */
  readonly patience: number
  readonly load: OfferedLoad
  /** What an answer in time is worth, by class. */
  readonly values: readonly number[]
  /** Of priority. */
  readonly levels: number
  /** Seconds. */
  readonly lateAfter: number
}

export type AdmissionControlOptions = {
  readonly scenario: unknown
  /** Ranges by path of a field of the scenario, drawn for each episode. */
  readonly randomize: unknown
  /** Whose admission is controlled; undefined: the first. */
  readonly service: unknown
  readonly start: Start
  /** Decisions; 0: to the scenario's horizon. */
  readonly episodeLength: number
  /** v by class. */
  readonly values: Readonly<Record<string, number>>
  /** d over v. */
  readonly shedCost: number
  /** Per request and second in the service. */
  readonly holdingCost: number
  /** Seconds after which a request is late where its class has no deadline, or if that is earlier. */
  readonly slo: number | undefined
}

function readOptions(kwargs: Readonly<Record<string, unknown>>): AdmissionControlOptions {
  const options = new Options(kwargs)
  const slo = options.raw('slo', undefined)
  const shedCost = options.raw('shedCost', 0.05)
  const holdingCost = options.raw('holdingCost', 0)
  const episodeLength = options.raw('episodeLength', 5000)
  const read: AdmissionControlOptions = {
    scenario: options.raw('scenario', 'priority-overload'),
    randomize: options.raw('randomize', undefined),
    service: options.raw('service', undefined),
    start: readStart(options, 'limited'),
    episodeLength: episodeLength === 'horizon' ? 0 : options.integer('episodeLength', 5000, 1),
    values: options.byClass('values', false),
    shedCost: shedCost === 0 ? 0 : options.number('shedCost', 0.05, 0),
    holdingCost: holdingCost === 0 ? 0 : options.number('holdingCost', 0, 0),
    slo: slo === undefined ? undefined : options.number('slo', 1, 0),
  }
  options.finish()
  return read
}

function namedService(scenario: Scenario, name: unknown): Service {
  const { services } = scenario
  const found = name === undefined ? services[0] : services.find((service) => service.name === name)
  if (found !== undefined) return found
  const hint =
    services.length > 0 ? `It has ${services.map((service) => service.name).join(', ')}.` : undefined
  const what = services.length > 0 ? `no service "${String(name)}"` : 'the scenario has no service'
  throw new ConfigError([{ what, path: name === undefined ? 'scenario' : 'service', hint }])
}
