/**
 * Which limit of concurrency a leg counts under: that of its bulkhead, else that of the unit. Each instance (where they
 * share: all of them together) has a place for each compartment of its unit; places are numbered through.
 */
import type { ConcurrencySpec } from '../../scenario/overload-types.ts'
import type { ClassSpec } from '../compile/compiled.ts'
import type { LimitedUnit } from './limits.ts'

export class Compartments {
  /** The first is that of the legs that belong to no bulkhead. */
  readonly limits: readonly (ConcurrencySpec | undefined)[]
  /** Index of the unit's first place, and number of its places. */
  readonly first: number
  readonly places: number
  private readonly shared: boolean
  private readonly firstInstance: number
  private readonly byEndpoint: Int32Array
  private readonly byClass: Int32Array

  constructor(unit: LimitedUnit, classes: readonly ClassSpec[], first: number) {
    const { concurrencyLimit, bulkheads = [], endpoints, instances, firstInstance, shared } = unit
    this.limits = [concurrencyLimit, ...bulkheads]
    this.first = first
    this.firstInstance = firstInstance
    this.shared = shared
    this.places = this.limits.length * (shared ? 1 : instances)
    const owner = (holds: (bulkhead: (typeof bulkheads)[number]) => boolean | undefined): number =>
      bulkheads.findIndex((bulkhead) => holds(bulkhead) === true) + 1
    this.byEndpoint = Int32Array.from(endpoints, ({ name }) =>
      owner((item) => item.endpoints?.includes(name)),
    )
    this.byClass = Int32Array.from(classes, ({ name }) => owner((item) => item.classes?.includes(name)))
  }

  /** An endpoint's bulkhead goes before a class's; 0: none. */
  of(endpoint: number, cls: number): number {
    return this.byEndpoint[endpoint] || this.byClass[cls]!
  }

  placeOf(i: number, compartment: number): number {
    return this.first + (this.shared ? 0 : (i - this.firstInstance) * this.limits.length) + compartment
  }
}
