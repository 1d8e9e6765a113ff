import type { Env } from '../env.ts'
import { type FlatArray, flatten, flattenSpace } from '../spaces/flatten.ts'
import { ObservationWrapper } from './wrapper.ts'

/** Observations of any space as one array; see `flatten`. */
export class FlattenObservation<InnerObs = unknown, Act = unknown> extends ObservationWrapper<
  FlatArray,
  Act,
  InnerObs
> {
  constructor(env: Env<InnerObs, Act>) {
    super(env, flattenSpace(env.observationSpace))
  }

  protected override observation(observation: InnerObs): FlatArray {
    return flatten(this.env.observationSpace, observation)
  }
}
