import { Params } from '../params.ts'
import type { AdmissionPolicy, AdmissionView, PolicyDefinition } from '../types.ts'

class DeadlineAware implements AdmissionPolicy {
  private readonly margin: number
  /** Of the demands seen so far, seconds: what those that wait ask for. */
  private meanDemand = 0
  private seen = 0

  constructor(margin: number) {
    this.margin = margin
  }

  decide({ demand, waiting, busy, cores, speed, timeToDeadline }: AdmissionView): boolean {
    this.meanDemand += (demand - this.meanDemand) / ++this.seen
    const ahead = busy < cores ? 0 : ((waiting + 1) * this.meanDemand) / cores
    return this.margin * ((ahead + demand) / speed) <= timeToDeadline
  }

  save(): unknown {
    return { meanDemand: this.meanDemand, seen: this.seen }
  }

  load(state: unknown): void {
    Object.assign(this, state)
  }
}

/** While the expected wait and the demand, times `margin`, fit into what is left until the deadline. */
export const deadlineAware: PolicyDefinition<AdmissionPolicy> = {
  name: 'deadline-aware',
  summary: 'While the expected response, times a margin, fits into what is left until the deadline.',
  information: 'own',
  defaults: { margin: 1.5 },
  create(params) {
    const reader = new Params('deadline-aware', params, this.defaults)
    const margin = reader.number('margin', { min: 0 })
    reader.finish()
    return new DeadlineAware(margin)
  },
}
