/**
 * Which limit of concurrency a leg counts under: that of its bulkhead, else that of the service. Each replica (with
 * `scope: service`: all of them together) has a place for each compartment of its service; places are numbered through.
 */
import type { ConcurrencySpec } from '../scenario/overload-types.ts'
import type { ClassSpec, ServiceSpec } from './compile/compiled.ts'

export class Compartments {
  /** The first is that of the legs that belong to no bulkhead. */
  readonly limits: readonly (ConcurrencySpec | undefined)[]
  /** Index of the service's first place, and number of its places. */
  readonly first: number
  readonly places: number
  private readonly shared: boolean
  private readonly firstReplica: number
  private readonly byEndpoint: Int32Array
  private readonly byClass: Int32Array

  constructor(spec: ServiceSpec, classes: readonly ClassSpec[], first: number) {
    const { overload, endpoints, slots, firstReplica } = spec
    const bulkheads = overload?.bulkheads ?? []
    this.limits = [overload?.concurrencyLimit, ...bulkheads]
    this.first = first
    this.firstReplica = firstReplica
    this.shared = overload?.scope === 'service'
    this.places = this.limits.length * (this.shared ? 1 : slots)
    const owner = (holds: (bulkhead: (typeof bulkheads)[number]) => boolean | undefined): number =>
      bulkheads.findIndex((bulkhead) => holds(bulkhead) === true) + 1
    this.byEndpoint = Int32Array.from(endpoints, ({ name }) =>
      owner((item) => item.endpoints?.includes(name)),
    )
    this.byClass = Int32Array.from(classes, ({ name }) => owner((item) => item.classes?.includes(name)))
  }

  /** An endpoint's bulkhead goes before a class's; 0: none. */
  of(endpoint: number, cls: number): number {
    return this.byEndpoint[endpoint]! || this.byClass[cls]!
  }

  placeOf(r: number, compartment: number): number {
    return this.first + (this.shared ? 0 : (r - this.firstReplica) * this.limits.length) + compartment
  }
}
