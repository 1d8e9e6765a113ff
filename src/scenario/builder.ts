/** A scenario in code: the fields of the YAML form with types, through the same schema and the same checks. */
import { ConfigError, type Problem } from '../errors.ts'
import { parseScenario } from './load.ts'
import type { LoadOptions } from './options.ts'
import type { BalancerInput } from './schema/balancer.ts'
import type { CacheInput } from './schema/cache.ts'
import type { DatabaseInput } from './schema/database.ts'
import type { EventInput } from './schema/event.ts'
import type { LinkInput } from './schema/link.ts'
import type { ServiceInput } from './schema/service.ts'
import type { WorkloadInput } from './schema/workload.ts'
import type { ScenarioInput } from './schema.ts'
import type { Scenario } from './types.ts'

type Settings = Omit<
  ScenarioInput,
  'name' | 'workloads' | 'links' | 'balancers' | 'services' | 'databases' | 'caches' | 'events'
>

/**
 * `scenario('Shop').set({ horizon: '10min' }).workload('shoppers', { … }).service('web', { … }).build()`.
 * Every method gives a new builder, so that variants can share a beginning.
 */
export class ScenarioBuilder {
  private readonly input: Partial<ScenarioInput>
  private readonly repeated: readonly Problem[]

  /** @param repeated components that were given twice. */
  constructor(input: Partial<ScenarioInput>, repeated: readonly Problem[] = []) {
    this.input = input
    this.repeated = repeated
  }

  /** `horizon` (required), `warmup`, `seed`, `slo`, `samplePeriod`, `description`. */
  set(settings: Partial<Settings>): ScenarioBuilder {
    return new ScenarioBuilder({ ...this.input, ...settings }, this.repeated)
  }

  workload(name: string, workload: WorkloadInput): ScenarioBuilder {
    return this.with('workloads', name, workload)
  }

  balancer(name: string, balancer: BalancerInput): ScenarioBuilder {
    return this.with('balancers', name, balancer)
  }

  service(name: string, service: ServiceInput): ScenarioBuilder {
    return this.with('services', name, service)
  }

  database(name: string, database: DatabaseInput): ScenarioBuilder {
    return this.with('databases', name, database)
  }

  cache(name: string, cache: CacheInput): ScenarioBuilder {
    return this.with('caches', name, cache)
  }

  link(link: LinkInput): ScenarioBuilder {
    return new ScenarioBuilder({ ...this.input, links: [...(this.input.links ?? []), link] }, this.repeated)
  }

  event(event: EventInput): ScenarioBuilder {
    return new ScenarioBuilder(
      { ...this.input, events: [...(this.input.events ?? []), event] },
      this.repeated,
    )
  }

  /** The scenario as one would write it in YAML or JSON. */
  toJSON(): Partial<ScenarioInput> {
    return structuredClone(this.input)
  }

  /** @throws ConfigError with every problem found; paths, no positions. */
  build(options: LoadOptions = {}): Scenario {
    if (this.repeated.length === 0) return parseScenario(this.input, options)
    try {
      parseScenario(this.input, options)
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError([...this.repeated, ...error.problems])
      throw error
    }
    throw new ConfigError(this.repeated)
  }

  private with(
    section: 'workloads' | 'balancers' | 'services' | 'databases' | 'caches',
    name: string,
    item: object,
  ): ScenarioBuilder {
    const before = this.input[section] ?? {}
    const repeated: readonly Problem[] = Object.hasOwn(before, name)
      ? [
          ...this.repeated,
          { what: `"${name}" is given twice`, path: `${section}.${name}`, hint: 'Choose another name.' },
        ]
      : this.repeated
    // fromEntries, so that no name can reach the prototype.
    const entries = Object.fromEntries([...Object.entries(before), [name, item]])
    return new ScenarioBuilder({ ...this.input, [section]: entries }, repeated)
  }
}

/** Starts a scenario of this name. */
export function scenario(name: string): ScenarioBuilder {
  return new ScenarioBuilder({ name })
}
