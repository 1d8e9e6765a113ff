/** What decides at the balancers beside the agent: before it takes over, and where it does not. */
import { createBalancingPolicy } from '../../src/policies/index.ts'
import type { PolicySpec, Scenario } from '../../src/scenario/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import { policySpec, type Start } from './options.ts'

export type BackgroundOptions = {
  readonly start: Start
  /** Of the balancers that are not controlled; undefined: what the scenario says. */
  readonly background: unknown
}

export class Background {
  /** During the warm start, at all balancers. */
  private readonly warm: PolicySpec | undefined
  private readonly rest: PolicySpec | undefined
  private readonly controlled: readonly string[]
  private own: ReadonlyMap<string, PolicySpec> = new Map()

  /** @throws ConfigError on what is no policy. */
  constructor({ start, background }: BackgroundOptions, controlled: readonly string[]) {
    this.warm = start.kind === 'warm' ? policySpec(start.policy, 'start.warm') : undefined
    this.rest = background === undefined ? undefined : policySpec(background, 'background')
    this.controlled = controlled
  }

  /** @throws ConfigError on unknown policies and parameters. */
  check(simulation: Simulation): void {
    for (const { n, spec } of simulation.world.balancers.all) {
      if (spec.implicit) continue
      if (this.warm !== undefined) createBalancingPolicy(this.warm, n, 'start.warm')
      if (this.rest !== undefined) createBalancingPolicy(this.rest, n, 'background')
    }
  }

  /** The scenario with the policies that it starts with. */
  prepare(scenario: Scenario): Scenario {
    this.own = new Map(scenario.balancers.map(({ name, policy }) => [name, policy]))
    return {
      ...scenario,
      balancers: scenario.balancers.map((balancer) => ({
        ...balancer,
        policy: this.warm ?? this.policyOf(balancer.name),
      })),
    }
  }

  /** After the warm start: each balancer that is not controlled goes on with its own policy. */
  handOver(simulation: Simulation): void {
    if (this.warm === undefined) return
    for (const balancer of simulation.world.balancers.all) {
      const { name, implicit } = balancer.spec
      if (!implicit && !this.controlled.includes(name)) balancer.setPolicy(this.policyOf(name))
    }
  }

  private policyOf(name: string): PolicySpec {
    const own = this.own.get(name)!
    return this.controlled.includes(name) ? own : (this.rest ?? own)
  }
}
