/**
 * LoadBalancing-v0: at each request that reaches a balancer, choose the replica. A continuing system: it is never
 * terminated, an episode is truncated after a number of decisions or at the scenario's horizon.
 */
import { ConfigError, InvalidActionError, ResetNeededError } from '../../src/errors.ts'
import {
  Box,
  Discrete,
  type Env,
  type EnvSpec,
  type ResetOptions,
  type ResetResult,
  type SlotLayout,
  type StepResult,
} from '../../src/gym/index.ts'
import type { Balancer } from '../../src/model/balancing/balancer.ts'
import { compileScenario } from '../../src/model/compile/compile.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { Simulation, type Stop } from '../../src/simulation/index.ts'
import { Background } from '../common/background.ts'
import { EpisodeState } from '../common/episode-state.ts'
import { Episodes } from '../common/episodes.ts'
import { failureCosts } from '../common/failure-cost.ts'
import { type OfferedLoad, offeredLoad } from '../common/load.ts'
import { Options, ofClasses, readStart, type Start } from '../common/options.ts'
import { type DrawnFields, Randomizer } from '../common/randomize.ts'
import { relaxationTime } from '../common/relaxation-time.ts'
import { readScenario } from '../common/scenario-source.ts'
import { SimulationSnapshots, type Stateful } from '../common/snapshots.ts'
import { OutcomeTracker } from '../common/summary.ts'
import { LoadBalancingInfo } from './info.ts'
import { LoadBalancingObservation } from './observation.ts'
import { LoadBalancingReward } from './reward.ts'

/** Beyond any episode that ends by its decisions. */
const ENDLESS = 1e9

export class LoadBalancing implements Env<Float32Array, number> {
  readonly observationSpace: Box<'float32'>
  readonly actionSpace: Discrete
  readonly metadata = { renderModes: [] as const }
  readonly unwrapped: LoadBalancing
  readonly slotLayout: SlotLayout
  spec?: EnvSpec | undefined
  /** The run of the current episode. */
  simulation: Simulation | undefined
  /** Of the scenario at the controlled balancers; where episodes differ, of the one that they are drawn around. */
  readonly load: OfferedLoad
  private readonly options: LoadBalancingOptions
  /** Of the current episode. */
  private plan: EpisodePlan
  private readonly randomizer: Randomizer | undefined
  /** What was drawn for the episode, where scenarios are drawn. */
  private drawn: DrawnFields | undefined
  private readonly controlled: readonly string[]
  private readonly background: Background
  private readonly episodes: Episodes = new Episodes()
  private readonly snapshots: SimulationSnapshots
  private reward!: LoadBalancingReward
  private outcomes!: OutcomeTracker
  private pending: Balancer | undefined
  /** Position of `pending` among the controlled balancers. */
  private position = 0
  /** Of the current episode: the first controlled balancer, and each balancer's position among them. */
  private first!: Balancer
  private positions: number[] = []
  private masks: { readonly mask: Int8Array; readonly rotation: readonly number[] }[] = []
  private traceId = ''
  private readonly episode: EpisodeState = new EpisodeState()

  /** @throws ConfigError on options that are unknown or do not fit the scenario. */
  constructor(kwargs: Readonly<Record<string, unknown>> = {}) {
    this.unwrapped = this
    const options = readOptions(kwargs)
    this.options = options
    const given = readScenario(options.scenario)
    this.controlled = controlledBalancers(given, options)
    this.background = new Background(options, this.controlled)
    this.snapshots = new SimulationSnapshots('LoadBalancing', { ...options, scenario: given })
    this.plan = this.planOf(given)
    const { load, observation } = this.plan
    this.load = load
    if (options.randomize !== undefined) {
      this.randomizer = new Randomizer(options.scenario, options.randomize, (scenario) => {
        const { slots, classes, phases } = this.planOf(scenario, this.load.demand).observation
        return { slots, classes, phases }
      })
    }
    this.observationSpace = new Box(0, 1, { shape: [observation.size] })
    this.slotLayout = observation.layout
    this.actionSpace = new Discrete(observation.slots)
  }

  /** Episodes of this scenario. `unit`: seconds that observations are scaled with; default: the mean nominal demand. */
  private planOf(given: Scenario, unit?: number): EpisodePlan {
    const { options } = this
    const simulation = new Simulation(given, { series: false })
    this.background.check(simulation)
    const views = this.views(simulation)
    if (views.some((view) => view.n !== views[0]!.n)) {
      throw new ConfigError([
        {
          what: 'the balancers have different numbers of slots',
          path: 'control',
          hint: 'Control one of them: { control: "one", balancer: name }.',
        },
      ])
    }
    const compiled = compileScenario(given)
    ofClasses(
      'classWeights',
      options.classWeights,
      compiled.classes.map(({ name }) => name),
    )
    const classes = [...new Set(views.flatMap((view) => view.spec.classes))].sort((a, b) => a - b)
    const reached = classes.length > 0 ? classes : compiled.classes.map((_, c) => c)
    const load = offeredLoad(compiled, reached, (c) => {
      const { spec } = views.find((view) => view.spec.classes.includes(c)) ?? views[0]!
      return spec.classDemand[c]!
    })
    if (!(load.demand > 0)) {
      throw new ConfigError([
        {
          what: 'the requests at the balancer ask for no cpu time',
          path: 'scenario',
          hint: 'Give the endpoints a cpu step.',
        },
      ])
    }
    const warm =
      options.start.kind === 'empty' ? 0 : (options.start.for ?? relaxationTime(given, views[0]!, load))
    const observation = new LoadBalancingObservation(
      views,
      compiled.classes.length,
      unit ?? load.demand,
      options.view === 'full',
      options.hideSpeed,
      given,
    )
    const patience = options.episodeLength > 0 ? given.horizon : Number.POSITIVE_INFINITY
    return { scenario: this.prepare(given, warm), warm, patience, load, observation }
  }

  reset({ seed }: ResetOptions = {}): ResetResult<Float32Array> {
    const simulation = this.begin(this.episodes.begin(seed))
    if (this.plan.warm > 0) simulation.until(this.plan.warm)
    this.handOver(simulation)
    const stop = this.next(simulation)
    this.episode.begin(simulation.now)
    this.outcomes = new OutcomeTracker(simulation)
    this.reward.start()
    return { observation: this.look(stop), info: this.info(0, false) }
  }

  /** The run of the episode of that seed, at its start. */
  private begin(seed: string): Simulation {
    if (this.randomizer !== undefined) {
      const { scenario, fields } = this.randomizer.draw(seed)
      this.plan = this.planOf(scenario, this.load.demand)
      this.drawn = fields
    }
    const simulation = new Simulation(this.plan.scenario, {
      seed,
      series: false,
      drain: this.options.drain,
      ...(this.options.slo === undefined ? {} : { lateAfter: this.options.slo }),
    })
    this.simulation = simulation
    const views = this.views(simulation)
    for (const view of views) view.rateTime = 20 * this.load.demand
    this.first = views[0]!
    this.positions = simulation.world.balancers.all.map((balancer) => views.indexOf(balancer))
    const costs = failureCosts(simulation.world.compiled, this.load.demand, this.options.failureCost)
    this.reward = new LoadBalancingReward(simulation, this.options, this.load, costs)
    this.traceId = `${simulation.scenarioHash}:${simulation.seed}`
    this.masks = []
    this.pending = undefined
    return simulation
  }

  step(action: number): StepResult<Float32Array> {
    const { simulation, episode, pending: view } = this
    if (simulation === undefined) throw new ResetNeededError()
    if (view === undefined) throw new InvalidActionError(action, 'the episode has ended. Call reset() first.')
    const slot = this.validSlot(view, action)
    // Not where no request has come since the reset.
    const wanted = simulation.world.balancers.pendingBalancer >= 0
    if (wanted) simulation.decide(slot)
    const stop: Stop = wanted ? this.next(simulation) : { reason: 'end' }
    const { now } = simulation
    const elapsed = episode.decided(now)
    const truncated = stop.reason !== 'decision' || episode.decisions === this.options.episodeLength
    const reward = this.reward.step()
    const observation = this.look(stop)
    const info = this.info(elapsed, slot !== action)
    if (truncated) {
      info.summary = this.outcomes.summary(episode.decisions, now - episode.startedAt)
      this.pending = undefined
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
      this.handOver(simulation)
      this.outcomes = new OutcomeTracker(simulation)
      return { simulation, parts: this.parts }
    })
    const { balancers } = this.simulation!.world
    this.pending = this.episode.running ? (balancers.all[balancers.pendingBalancer] ?? this.first) : undefined
    this.position = this.positions[balancers.pendingBalancer] ?? 0
  }

  /** What has a state beside the simulation. */
  private get parts(): Stateful[] {
    return [this.episodes, this.episode, this.reward, this.outcomes]
  }

  close(): void {
    this.simulation = undefined
    this.pending = undefined
  }

  /**
   * Runs to the next decision, over those that leave no choice where the environment shall not offer them. Where
   * requests cease to come (a trace ends), or none with a choice, the episode ends after as long as the scenario's horizon.
   */
  private next(simulation: Simulation): Stop {
    const deadline = simulation.now + this.plan.patience
    for (;;) {
      const stop = simulation.until(deadline)
      const forced = stop.reason === 'decision' && stop.kind === 'balancer' && stop.view.availableCount === 1
      if (!forced || !this.options.skipForced) return stop
      simulation.decide(stop.view.available.indexOf(1))
    }
  }

  private look(stop: Stop): Float32Array {
    const decision = stop.reason === 'decision'
    if (stop.reason === 'decision' && stop.kind === 'balancer') {
      this.pending = stop.view
      this.position = this.positions[stop.index]!
    } else if (this.pending === undefined) {
      this.pending = this.first
      this.position = 0
    }
    return this.plan.observation.read(this.pending, this.position, this.simulation!, decision)
  }

  private info(elapsed: number, invalidAction: boolean): LoadBalancingInfo {
    const view = this.pending!
    const simulation = this.simulation!
    return new LoadBalancingInfo(
      simulation.now,
      elapsed,
      this.mask(view),
      this.load.demand,
      view.spec.name,
      invalidAction,
      this.reward.terms,
      this.outcomes.step(),
      this.traceId,
      view,
      this.drawn,
    )
  }

  /** The mask of a balancer, copied only when it has changed: whatever becomes available or not makes a new rotation. */
  private mask(view: Balancer): Int8Array {
    const known = this.masks[this.position]
    if (known !== undefined && known.rotation === view.rotation) return known.mask
    const mask = Int8Array.from(view.available)
    this.masks[this.position] = { mask, rotation: view.rotation }
    return mask
  }

  private validSlot(view: Balancer, action: number): number {
    const { n, available } = view
    // A text or a list of one number would be the index that it looks like.
    const known = typeof action === 'number' && action >= 0 && action < n
    return known && available[action] === 1 ? action : this.instead(view, action)
  }

  /** What is done instead of an action that cannot be taken. */
  private instead({ n, available, availableCount }: Balancer, action: number): number {
    if (!Number.isInteger(action) || action < 0 || action >= n) {
      throw new InvalidActionError(
        action,
        `expected a slot from 0 to ${n - 1}, got ${String(action)}. Choose one whose mask is 1.`,
      )
    }
    if (this.options.invalidAction === 'error' && availableCount > 0) {
      throw new InvalidActionError(
        action,
        `slot ${action} is not available. Choose one whose mask is 1 (info.actionMask).`,
      )
    }
    let slot = action
    do slot = (slot + 1) % n
    while (available[slot] !== 1 && slot !== action)
    return slot
  }

  private views(simulation: Simulation): Balancer[] {
    const { all } = simulation.world.balancers
    return this.controlled.map((name) => all.find((balancer) => balancer.spec.name === name)!)
  }

  private prepare(scenario: Scenario, warm: number): Scenario {
    const { start, episodeLength } = this.options
    const endless = episodeLength > 0
    return {
      ...this.background.prepare(scenario),
      // An episode of a length of its own may be shorter than the scenario's warm-up: all of it counts.
      warmup: start.kind === 'warm' ? warm : endless ? 0 : scenario.warmup,
      horizon: endless ? ENDLESS : scenario.horizon + warm,
    }
  }

  /** After the warm start: the agent takes over, the other balancers go on with their own policies. */
  private handOver(simulation: Simulation): void {
    this.background.handOver(simulation)
    simulation.control({ balancers: this.controlled })
  }
}

/** What an episode runs. */
type EpisodePlan = {
  readonly scenario: Scenario
  /** How long it runs before the first decision, seconds. */
  readonly warm: number
  /** It ends when no request has come for so long, seconds. */
  readonly patience: number
  readonly load: OfferedLoad
  readonly observation: LoadBalancingObservation
}

export type LoadBalancingOptions = {
  readonly scenario: unknown
  /** Ranges by path of a field of the scenario, drawn for each episode. */
  readonly randomize: unknown
  readonly view: 'own' | 'full'
  readonly control: 'all' | 'one'
  readonly balancer: unknown
  readonly background: unknown
  readonly start: Start
  /** Decisions; 0: to the scenario's horizon. */
  readonly episodeLength: number
  readonly drain: boolean
  readonly skipForced: boolean
  readonly hideSpeed: boolean
  readonly invalidAction: 'error' | 'remap'
  /** Seconds; undefined: from the scenario. */
  readonly failureCost: number | undefined
  readonly reward: 'response' | 'slo'
  /** Seconds after which a request is late, where the reward is `slo`. */
  readonly slo: number | undefined
  readonly classWeights: Readonly<Record<string, number>>
}

function readOptions(kwargs: Readonly<Record<string, unknown>>): LoadBalancingOptions {
  const options = new Options(kwargs)
  const failureCost = options.raw('failureCost', undefined)
  const slo = options.raw('slo', undefined)
  const episodeLength = options.raw('episodeLength', 5000)
  const read: LoadBalancingOptions = {
    scenario: options.raw('scenario', 'pool-noisy'),
    randomize: options.raw('randomize', undefined),
    view: options.choice('view', ['own', 'full'], 'own'),
    control: options.choice('control', ['all', 'one'], 'all'),
    balancer: options.raw('balancer', undefined),
    background: options.raw('background', undefined),
    start: readStart(options, 'least-request'),
    episodeLength: episodeLength === 'horizon' ? 0 : options.integer('episodeLength', 5000, 1),
    drain: options.boolean('drain', false),
    skipForced: options.boolean('skipForced', false),
    hideSpeed: options.boolean('hideSpeed', false),
    invalidAction: options.choice('invalidAction', ['remap', 'error'], 'remap'),
    failureCost: failureCost === undefined ? undefined : options.number('failureCost', 1, 0),
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

/** Names of the balancers that the options name. @throws ConfigError */
export function controlledBalancers(
  scenario: Scenario,
  options: Pick<LoadBalancingOptions, 'control' | 'balancer'>,
): string[] {
  const names = scenario.balancers.map((balancer) => balancer.name)
  if (names.length === 0) {
    throw new ConfigError([
      {
        what: 'the scenario has no balancer',
        path: 'scenario',
        hint: 'Put a balancer in front of a service with replicas.',
      },
    ])
  }
  if (options.control === 'all') return names
  const name = options.balancer ?? names[0]
  if (!names.includes(name as string)) {
    throw new ConfigError([
      { what: `unknown balancer "${String(name)}"`, path: 'balancer', hint: `It has ${names.join(', ')}.` },
    ])
  }
  return [name as string]
}
