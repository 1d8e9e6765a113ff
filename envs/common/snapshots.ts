/**
 * Snapshots of environments: with the options that the environment was made with, so that one of another is refused.
 * An environment of the simulator makes its own in a few lines with `SimulationSnapshots`.
 */
import { ResetNeededError, SimError } from '../../src/errors.ts'
import { packSnapshot, unpackSnapshot } from '../../src/gym/index.ts'
import { canonical, fnv1a64 } from '../../src/scenario/hash.ts'
import type { Simulation } from '../../src/simulation/index.ts'

/** What has a state of its own within an episode, or across them. */
export type Stateful = { save(): unknown; load(state: never): void }

/** Longer options, such as a list of jobs, are compared by their digest. */
const LONGEST = 80

export class Snapshots {
  private readonly name: string
  private readonly options: Readonly<Record<string, unknown>>
  private text: string | undefined

  /** `name`: of the environment; `options`: all that it was made with, defaults included. */
  constructor(name: string, options: Readonly<Record<string, unknown>>) {
    this.name = name
    this.options = options
  }

  pack(state: unknown): Uint8Array {
    return packSnapshot(this.name, { options: this.optionsText, state })
  }

  /** @throws SimError when it is no snapshot, or one of another version, environment or options. */
  unpack(bytes: Uint8Array): unknown {
    const { options, state } = unpackSnapshot(this.name, bytes) as { options: string; state: unknown }
    if (options !== this.optionsText) throw this.otherOptions(options)
    return state
  }

  private get optionsText(): string {
    this.text ??= JSON.stringify(
      Object.fromEntries(
        Object.entries(this.options).map(([key, value]) => {
          const text = value === undefined ? 'not given' : canonical(value)
          return [key, text.length > LONGEST ? `#${fnv1a64(text)}` : text]
        }),
      ),
    )
    return this.text
  }

  private otherOptions(text: string): SimError {
    const theirs = JSON.parse(text) as Record<string, string>
    const ours = JSON.parse(this.optionsText) as Record<string, string>
    const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].filter(
      (key) => theirs[key] !== ours[key],
    )
    const differences = names.map((key) => `${key} ${theirs[key]}, not ${ours[key]}`)
    return new SimError(
      names.includes('scenario') ? 'snapshot-scenario' : 'snapshot-options',
      `the snapshot is of an environment with ${differences.join('; ')} (${this.name}). Restore it in one of the same options.`,
    )
  }
}

type SimulationState = {
  readonly seed: string
  readonly simulation: Uint8Array
  readonly parts: readonly unknown[]
}

/**
 * Of an environment around a simulation. Latencies and series are left out, which only `Simulation.result` needs: a
 * result of what follows covers that alone.
 */
export class SimulationSnapshots {
  private readonly snapshots: Snapshots

  /** `options` as for `Snapshots`, the loaded scenario among them. */
  constructor(name: string, options: Readonly<Record<string, unknown>>) {
    this.snapshots = new Snapshots(name, options)
  }

  /** @throws ResetNeededError before the first reset. */
  save(simulation: Simulation | undefined, parts: readonly Stateful[]): Uint8Array {
    if (simulation === undefined) throw new ResetNeededError('snapshot() was called before reset()')
    const state: SimulationState = {
      seed: String(simulation.seed),
      simulation: simulation.snapshot({ metrics: false }),
      parts: parts.map((part) => part.save()),
    }
    return this.snapshots.pack(state)
  }

  /**
   * `at(seed)` gives the simulation of the episode of that seed, made as `reset` makes it but not
   * run, with the parts that belong to it; that of the running episode will do where its seed is the same.
   * @throws SimError when it is no snapshot, or one of another version, environment, scenario or options.
   */
  restore(
    bytes: Uint8Array,
    at: (seed: string) => { readonly simulation: Simulation; readonly parts: readonly Stateful[] },
  ): void {
    const state = this.snapshots.unpack(bytes) as SimulationState
    const { simulation, parts } = at(state.seed)
    simulation.restore(state.simulation)
    parts.forEach((part, i) => {
      part.load(state.parts[i] as never)
    })
  }
}
