/** What compiling gives numbers to: nodes, places of draws, cells of phases, channels, keys, names of endpoints. */
import { compileDistribution } from '../../random/index.ts'
import type { Distribution, Key, Scenario } from '../../scenario/types.ts'
import type { Cell, ChannelSpec, Hop, KeySpec, NodeSpec, Phase, SiteSpec } from './compiled.ts'
import { KeyTable } from './key-table.ts'

export class Tables {
  readonly scenario: Scenario
  readonly nodes: NodeSpec[] = []
  readonly sites: SiteSpec[] = []
  readonly cells: Cell[] = []
  readonly channels: ChannelSpec[] = []
  readonly keys: KeySpec[] = []
  readonly endpointNames: string[] = []
  readonly endpointIds: Map<string, number> = new Map()
  private readonly nodeOf = new Map<string, number>()
  private readonly implicitOf = new Map<string, number>()
  private readonly siteOf = new Map<string, number>()
  private readonly cellOf = new Map<string, number>()
  private readonly channelOf = new Map<string, number>()
  private readonly keyTables = new Map<string, KeyTable>()

  constructor(scenario: Scenario) {
    this.scenario = scenario
  }

  addNode(kind: number, index: number, name: string): void {
    this.nodeOf.set(name, this.nodes.push({ kind, index, name }) - 1)
  }

  /** The balancer that stands before a service of that name without being declared. */
  addImplicit(kind: number, index: number, name: string): void {
    this.implicitOf.set(name, this.nodes.push({ kind, index, name }) - 1)
  }

  node(name: string): number {
    return this.nodeOf.get(name)!
  }

  implicitNode(name: string): number | undefined {
    return this.implicitOf.get(name)
  }

  isImplicit(node: number): boolean {
    return this.implicitOf.get(this.nodes[node]!.name) === node
  }

  /** Where a leg that is sent to `name` goes: to its own balancer if it has one. */
  entry(name: string): number {
    return this.implicitOf.get(name) ?? this.node(name)
  }

  endpoint(name: string): number {
    const known = this.endpointIds.get(name)
    if (known !== undefined) return known
    const id = this.endpointNames.push(name) - 1
    this.endpointIds.set(name, id)
    return id
  }

  site(name: string, distribution?: Distribution): number {
    const known = this.siteOf.get(name)
    if (known !== undefined) return known
    const id = this.sites.push(distribution === undefined ? { name } : { name, distribution }) - 1
    this.siteOf.set(name, id)
    return id
  }

  /** -1 where there is no key. */
  key(name: string, key: Key | undefined): number {
    if (key === undefined) return -1
    const same = JSON.stringify(key)
    const table = this.keyTables.get(same) ?? new KeyTable(key)
    this.keyTables.set(same, table)
    return this.keys.push({ site: this.site(name), table }) - 1
  }

  cell(phase: Phase, component: string): number {
    const key = `${phase} ${component}`
    const known = this.cellOf.get(key)
    if (known !== undefined) return known
    const id = this.cells.push({ phase, component }) - 1
    this.cellOf.set(key, id)
    return id
  }

  /** The direction from x to y of the link that joins them; -1 where none is declared. */
  channel(x: string, y: string): number {
    const { links } = this.scenario
    let link = links.findIndex((item) => item.from === x && item.to === y)
    let direction = 'there'
    if (link < 0) {
      link = links.findIndex((item) => item.from === y && item.to === x && !item.oneWay)
      direction = 'back'
    }
    if (link < 0) return -1
    const spec = links[link]!
    const key = `${link} ${direction}`
    const known = this.channelOf.get(key)
    if (known !== undefined) return known
    const sampler = compileDistribution(spec.latency)
    const id =
      this.channels.push({
        link,
        latencySite: this.site(`${spec.name}.latency.${direction}`, spec.latency),
        constant: sampler.constant ? sampler.mean : Number.NaN,
        loss: spec.loss,
        lossSite: this.site(`${spec.name}.loss.${direction}`),
        cell: this.cell('network', spec.name),
      }) - 1
    this.channelOf.set(key, id)
    return id
  }

  hop(from: string, to: string): Hop {
    return { node: this.entry(to), channel: this.channel(from, to) }
  }
}

/** The mean of a distribution. */
export function meanOf(distribution: Distribution): number {
  return compileDistribution(distribution).mean
}

/** The value of a distribution that has only one, else NaN. */
export function constantOf(distribution: Distribution): number {
  const sampler = compileDistribution(distribution)
  return sampler.constant ? sampler.mean : Number.NaN
}
