/**
 * One run of a scenario: make it, run it, stop it at a time or at a decision, save it, ask it for its result.
 * What happens is a function of (scenario, seed, version) and of the decisions taken from outside.
 */
import { Packr } from 'msgpackr/pack'
import { Unpackr } from 'msgpackr/unpack'
import { ConfigError, SimError } from '../errors.ts'
import { Sampler } from '../metrics/sampler.ts'
import { Balancers } from '../model/balancers.ts'
import type { Balancer } from '../model/balancing/balancer.ts'
import { Caches } from '../model/caches/caches.ts'
import { Callers } from '../model/callers.ts'
import { compileScenario } from '../model/compile/compile.ts'
import type { Compiled } from '../model/compile/compiled.ts'
import { Databases } from '../model/databases.ts'
import { Faults } from '../model/faults.ts'
import { Gate } from '../model/gate.ts'
import { Network } from '../model/network.ts'
import { Replicas } from '../model/replicas.ts'
import { type RequestRecord, Requests } from '../model/requests.ts'
import { Scalers } from '../model/scalers.ts'
import type { Scaler } from '../model/scaling/scaler.ts'
import { Services } from '../model/services.ts'
import { Sockets } from '../model/sockets.ts'
import { Workloads } from '../model/workloads.ts'
import { type Part, World } from '../model/world.ts'
import { CounterDraws, type DrawSite, type Draws } from '../random/index.ts'
import type { Result } from '../results/types.ts'
import { scenarioHash } from '../scenario/hash.ts'
import type { Scenario } from '../scenario/types.ts'
import { VERSION } from '../version.ts'
import { componentResults } from './component-results.ts'
import { progressOf, type RunProgress } from './progress.ts'
import { buildResult } from './result.ts'
import { addSeries } from './series.ts'

export type SimulationOptions = {
  /** Default: the scenario's. */
  readonly seed?: number | string | undefined
  /** Seconds; default: the scenario's. */
  readonly horizon?: number | undefined
  /** Seconds; default: the scenario's. */
  readonly warmup?: number | undefined
  /** Arrivals stop at the horizon and the run goes on until no request is under way. Default false. */
  readonly drain?: boolean | undefined
  /** Where the numbers drawn for requests come from; default: counter-based draws of the seed. */
  readonly draws?: ((sites: readonly DrawSite[], counter: Draws) => Draws) | undefined
  /**
   * Balancers, a scaler and the admission to a service (both by the service's name) whose decisions are taken outside,
   * by `resume`.
   */
  readonly control?:
    | {
        readonly balancers?: 'all' | readonly string[]
        readonly scaler?: string
        readonly admission?: string
      }
    | undefined
  /** Seconds after which a request counts as late; default: the bound of the first `pNN < x` of the scenario's slo. */
  readonly lateAfter?: number | undefined
  /** Told of every request when it ends. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined
  /** False: no series are sampled (environments, tree search). Default true. */
  readonly series?: boolean | undefined
}

export type Stop =
  | {
      readonly reason: 'decision'
      readonly kind: 'balancer'
      readonly index: number
      readonly view: Balancer
    }
  | { readonly reason: 'decision'; readonly kind: 'scaler'; readonly index: number; readonly view: Scaler }
  /** A request has arrived at service number `index`: 1 admits it, 0 sheds it. */
  | { readonly reason: 'decision'; readonly kind: 'admission'; readonly index: number; readonly view: Gate }
  /** The time asked for is reached; events at exactly that time have not run. */
  | { readonly reason: 'until' }
  /** The horizon is reached, and with `drain` the last request has ended. */
  | { readonly reason: 'end' }

type Snapshot = {
  format: 1
  version: string
  hash: string
  horizon: number
  seed: number | string
  metrics: boolean
  parts: Record<string, unknown>
}

export class Simulation {
  readonly scenario: Scenario
  readonly seed: number | string
  readonly world: World
  readonly faults: Faults
  private readonly sampler: Sampler
  private readonly drain: boolean
  private readonly sampleKind: number
  private hash: string | undefined
  private started = false
  /** What `run` gives at a decision, per balancer: made once. */
  private readonly balancerStops: Stop[] = []
  /** Component results as of the horizon, once it is reached. */
  private atHorizon: Result['components'] | undefined

  /** @throws ConfigError on an unknown balancer or scaler to control, and on distributions out of range. */
  constructor(scenario: Scenario, options: SimulationOptions = {}) {
    const { horizon = scenario.horizon, warmup = scenario.warmup } = options
    const same = horizon === scenario.horizon && warmup === scenario.warmup
    this.scenario = same ? scenario : { ...scenario, horizon, warmup }
    checkTimes(this.scenario)
    this.seed = options.seed ?? scenario.seed
    this.drain = options.drain ?? false
    this.hash = undefined
    this.atHorizon = undefined
    const compiled = compileScenario(this.scenario)
    const counter = new CounterDraws(this.seed, compiled.sites)
    const draws = options.draws === undefined ? counter : options.draws(compiled.sites, counter)
    const world = new World(compiled, this.seed, draws, this.scenario.horizon)
    this.world = world
    world.network = new Network(world)
    world.callers = new Callers(world)
    world.requests = new Requests(world)
    world.workloads = new Workloads(world)
    world.replicas = new Replicas(world)
    world.services = new Services(world)
    world.balancers = new Balancers(world)
    world.scalers = new Scalers(world)
    world.databases = new Databases(world)
    world.caches = new Caches(world)
    world.gate = new Gate(world)
    world.sockets = compiled.sockets === undefined ? undefined : new Sockets(world, compiled.sockets)
    world.wire()
    this.faults = new Faults(world)
    world.requests.listener = options.onRequest
    world.requests.lateAfter =
      options.lateAfter ?? (world.scalers.all.length > 0 ? firstBound(scenario) : Infinity)
    world.kernel.where = () => ` at ${busyNodes(world).join(', ')}`
    this.takeControl(compiled, options.control ?? {})
    this.sampler = new Sampler(this.scenario.samplePeriod, this.scenario.horizon)
    if (options.series ?? true) addSeries(this.sampler, world)
    this.sampler.start()
    this.sampleKind = world.kernel.on('a sample is taken', () => this.sample())
    const warmupKind = world.kernel.on('the warm-up ends', () => this.restartGauges())
    if (this.scenario.warmup > 0) world.kernel.firstAt(this.scenario.warmup, warmupKind, 0, 0)
    if (this.sampler.points > 0 && (options.series ?? true)) {
      world.kernel.firstAt(this.sampler.period, this.sampleKind, 0, 0)
    }
  }

  /** Seconds since the start of the run. */
  get now(): number {
    return this.world.kernel.now
  }

  /** Runs to the end, or to the next decision that is taken outside. */
  run(): Stop {
    return this.until(this.scenario.horizon)
  }

  /** Runs to a time (events at exactly that time do not run), to the end, or to the next decision taken outside. */
  until(time: number): Stop {
    const { kernel } = this.world
    if (kernel.suspended)
      throw new SimError('decision-pending', 'a decision is pending. Call resume(action) first.')
    if (!this.started) this.start()
    const { horizon } = this.scenario
    if (this.atHorizon === undefined) {
      if (kernel.run(Math.min(time, horizon)) === 'suspended') return this.decision()
      if (time < horizon) return { reason: 'until' }
      this.atHorizon = componentResults(this.world)
    }
    return this.afterHorizon()
  }

  private afterHorizon(): Stop {
    const { kernel, legs } = this.world
    const { horizon } = this.scenario
    if (this.drain) {
      const slice = Math.max(1e-3, horizon / 1000)
      while (legs.live > 0 && kernel.queue.peekTime() < Number.POSITIVE_INFINITY) {
        if (kernel.run(Math.max(kernel.now + slice, horizon)) === 'suspended') return this.decision()
      }
    }
    return { reason: 'end' }
  }

  /**
   * Takes the pending decision: an available slot of the balancer, a target of the scaler, or 1 (admit) or 0 (shed);
   * then `until(time)`.
   */
  resume(action: number, time: number = this.scenario.horizon): Stop {
    this.decide(action)
    return this.until(time)
  }

  /** Takes the pending decision without running on. @throws SimError when there is none, or it cannot be taken. */
  decide(action: number): void {
    const { kernel, balancers } = this.world
    const b = balancers.pendingBalancer
    if (b >= 0 && balancers.all[b]!.available[action] === 1) {
      kernel.suspended = false
      balancers.resume(action)
    } else {
      this.decideOther(action)
    }
  }

  /** What `decide` seldom has to do, apart from what it does at every step of an environment. */
  private decideOther(action: number): void {
    const { kernel, balancers, scalers, gate } = this.world
    if (!kernel.suspended) throw new SimError('no-decision', 'no decision is pending. Call run() first.')
    if (balancers.pendingBalancer >= 0) {
      throw new SimError(
        'invalid-decision',
        `slot ${action} of ${balancers.all[balancers.pendingBalancer]!.spec.name} is not available. Choose one whose mask is 1.`,
      )
    }
    if (gate.pending >= 0) {
      if (action !== 0 && action !== 1) {
        throw new SimError(
          'invalid-decision',
          `${action} is no decision on a request. Choose 1 to admit it, 0 to shed it.`,
        )
      }
      kernel.suspended = false
      gate.resume(action === 1)
    } else {
      const { min, max } = scalers.all[scalers.pending]!
      if (!Number.isInteger(action) || action < min || action > max) {
        throw new SimError(
          'invalid-decision',
          `a target of ${action} replicas is not possible. Choose ${min} to ${max}.`,
        )
      }
      kernel.suspended = false
      scalers.resume(action)
    }
  }

  /** Hands the decisions of these balancers, this scaler and this admission to the outside (or, with none given, back). */
  control(control: NonNullable<SimulationOptions['control']>): void {
    this.takeControl(this.world.compiled, control)
  }

  /** The result so far; after the end, of the run. */
  result(): Result {
    const components = this.atHorizon ?? componentResults(this.world)
    return buildResult(this.world, this.sampler, components, this.scenarioHash)
  }

  /** How the run stands: a few figures, far cheaper than `result()`, for a display while it goes on. */
  progress(): RunProgress {
    return progressOf(this.world, this.atHorizon ?? componentResults(this.world))
  }

  get scenarioHash(): string {
    this.hash ??= scenarioHash(this.scenario)
    return this.hash
  }

  /**
   * The whole state as bytes. `metrics: false` leaves out series and latencies, which only a result needs: smaller
   * and faster, for tree search; a run restored from it measures from there on.
   */
  snapshot(options: { readonly metrics?: boolean } = {}): Uint8Array {
    const metrics = options.metrics ?? true
    if (!this.started) this.start()
    const parts: Record<string, unknown> = { kernel: this.world.kernel.save(), legs: this.world.legs.save() }
    for (const [name, part] of this.parts()) parts[name] = part.save(metrics)
    parts.sampler = this.sampler.save(metrics)
    parts.atHorizon = this.atHorizon
    parts.window = this.world.window
    const { horizon } = this.scenario
    const state: Snapshot = {
      format: 1,
      version: VERSION,
      hash: this.scenarioHash,
      horizon,
      seed: this.seed,
      metrics,
      parts,
    }
    return new Uint8Array(packr.pack(state))
  }

  /** @throws SimError when the bytes are no snapshot, or one of another scenario or version. */
  static restore(bytes: Uint8Array, scenario: Scenario, options: SimulationOptions = {}): Simulation {
    const state = unpackSnapshot(bytes)
    const simulation = new Simulation(scenario, { ...options, seed: state.seed, horizon: state.horizon })
    simulation.restore(state)
    return simulation
  }

  /** Puts this simulation, of the same scenario, into the state of a snapshot. */
  restore(snapshot: Uint8Array | Snapshot): void {
    const state = snapshot instanceof Uint8Array ? unpackSnapshot(snapshot) : snapshot
    if (state.version !== VERSION) {
      throw new SimError(
        'snapshot-version',
        `the snapshot is of version ${state.version}, this is ${VERSION}. Make it anew.`,
      )
    }
    if (state.hash !== this.scenarioHash || state.seed !== this.seed) {
      throw new SimError(
        'snapshot-scenario',
        `the snapshot is of scenario ${state.hash} with seed ${state.seed}, this is ${this.scenarioHash} with seed ${this.seed}. Restore it with its own scenario.`,
      )
    }
    this.started = true
    this.world.kernel.load(state.parts.kernel as never)
    this.world.legs.load(state.parts.legs as never)
    for (const [name, part] of this.parts()) part.restore(state.parts[name])
    this.sampler.load(state.parts.sampler)
    this.atHorizon = state.parts.atHorizon as Result['components'] | undefined
    this.world.window = state.parts.window as World['window']
  }

  private parts(): [string, Part][] {
    const {
      network,
      callers,
      requests,
      workloads,
      replicas,
      services,
      balancers,
      scalers,
      databases,
      caches,
      sockets,
      gate,
    } = this.world
    return Object.entries({
      network,
      callers,
      requests,
      workloads,
      replicas,
      services,
      balancers,
      scalers,
      databases,
      caches,
      gate,
      faults: this.faults,
      ...(sockets === undefined ? {} : { sockets }),
    })
  }

  private start(): void {
    this.started = true
    this.faults.start()
    this.world.scalers.start()
    this.world.replicas.start()
    this.world.workloads.start()
    this.world.balancers.start()
  }

  private decision(): Stop {
    const { balancers } = this.world
    const b = balancers.pendingBalancer
    return b >= 0 ? (this.balancerStops[b] ??= balancerStop(b, balancers.all[b]!)) : this.otherDecision()
  }

  private otherDecision(): Stop {
    const { gate, scalers } = this.world
    if (gate.pending >= 0) return { reason: 'decision', kind: 'admission', index: gate.service, view: gate }
    return { reason: 'decision', kind: 'scaler', index: scalers.pending, view: scalers.all[scalers.pending]! }
  }

  private takeControl(compiled: Compiled, control: NonNullable<SimulationOptions['control']>): void {
    const { balancers, scalers } = this.world
    const names = control.balancers ?? []
    for (const name of names === 'all' ? [] : names) {
      if (!compiled.balancers.some((spec) => spec.name === name && !spec.implicit)) {
        throw new ConfigError([{ what: `unknown balancer "${name}"`, path: 'control.balancers' }])
      }
    }
    if (control.scaler !== undefined && !scalers.all.some((scaler) => scaler.spec.name === control.scaler)) {
      throw new ConfigError([
        { what: `service "${control.scaler}" has no autoscaler`, path: 'control.scaler' },
      ])
    }
    for (const balancer of balancers.all) {
      balancer.control(!balancer.spec.implicit && (names === 'all' || names.includes(balancer.spec.name)))
    }
    const gated = compiled.services.findIndex(({ name }) => name === control.admission)
    if (control.admission !== undefined && gated < 0) {
      throw new ConfigError([{ what: `unknown service "${control.admission}"`, path: 'control.admission' }])
    }
    this.world.gate.askFor(gated)
    for (const scaler of scalers.all) scaler.controlled = scaler.spec.name === control.scaler
  }

  private sample(): void {
    const { kernel } = this.world
    this.sampler.sample(kernel.now)
    const next = this.sampler.taken + 1
    if (next <= this.sampler.points) kernel.firstAt(next * this.sampler.period, this.sampleKind, 0, 0)
  }

  private restartGauges(): void {
    const { kernel, network, requests, services, balancers, replicas, scalers } = this.world
    const gauges = [
      network.inTransit,
      requests.open,
      requests.weightedOpen,
      services.gauges,
      balancers.gauges,
    ]
    services.admission?.limits.gauges.restart(kernel.now)
    balancers.admission?.limits.gauges.restart(kernel.now)
    for (const gauge of [...gauges, replicas.gauges, scalers.gauges]) gauge.restart(kernel.now)
    this.world.databases.markWindow()
    this.world.caches.markWindow()
    this.world.sockets?.gauges.restart(kernel.now)
    this.world.markWindow()
  }
}

function balancerStop(index: number, view: Balancer): Stop {
  return Object.freeze({ reason: 'decision', kind: 'balancer', index, view })
}

// Without records: they are of use where many objects are alike.
const packr = new Packr({ structuredClone: true, useRecords: false })
const unpackr = new Unpackr({ structuredClone: true, useRecords: false })

function unpackSnapshot(bytes: Uint8Array): Snapshot {
  let state: Snapshot | undefined
  try {
    // The unpacker leaves a property on the array that it is given.
    state = unpackr.unpack(bytes.subarray()) as Snapshot
  } catch {
    state = undefined
  }
  if (state?.format !== 1)
    throw new SimError('snapshot-format', 'these bytes are no snapshot. Pass what snapshot() gave.')
  return state
}

/** Names of the nodes where rows are now: at least of those whose rows keep the clock from going on. */
function busyNodes({ compiled, legs }: World): string[] {
  const names = new Set<string>()
  for (let row = 0; row < legs.end; row += legs.stride) {
    const name = compiled.nodes[legs.node[row]!]?.name
    if (name !== undefined) names.add(name)
  }
  return [...names].slice(0, 5)
}

function firstBound(scenario: Scenario): number {
  const slo = scenario.slo.find((item) => item.kind === 'latency')
  return slo?.below ?? Number.POSITIVE_INFINITY
}

function checkTimes(scenario: Scenario): void {
  const { horizon, warmup } = scenario
  if (!(horizon > 0 && horizon < Number.POSITIVE_INFINITY)) {
    throw new ConfigError([{ what: `expected a horizon above 0, got ${horizon}`, path: 'horizon' }])
  }
  if (!(warmup < horizon)) {
    throw new ConfigError([
      { what: `expected a warm-up shorter than the horizon of ${horizon} s, got ${warmup}`, path: 'warmup' },
    ])
  }
}
