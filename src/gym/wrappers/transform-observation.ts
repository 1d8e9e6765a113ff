import type { Env } from '../env.ts'
import type { Space } from '../spaces/space.ts'
import { ObservationWrapper } from './wrapper.ts'

/** Observations through a function into `observationSpace`. */
export class TransformObservation<Obs, InnerObs = Obs, Act = unknown> extends ObservationWrapper<
  Obs,
  Act,
  InnerObs
> {
  private readonly transform: (observation: InnerObs) => Obs

  constructor(
    env: Env<InnerObs, Act>,
    transform: (observation: InnerObs) => Obs,
    observationSpace: Space<Obs>,
  ) {
    super(env, observationSpace)
    this.transform = transform
  }

  protected override observation(observation: InnerObs): Obs {
    return this.transform(observation)
  }
}
