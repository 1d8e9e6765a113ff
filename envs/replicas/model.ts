/** Parameters of Replicas-v0. Rates and costs are per unit of time. */
export type ReplicasModel = {
  readonly kind: 'replicas'
  /** Arrivals in each of the two phases, and the rate at which the phase is left. */
  readonly lambda1: number
  readonly lambda2: number
  readonly switch1: number
  readonly switch2: number
  /** At which a ready replica finishes a job, and a starting one becomes ready. */
  readonly mu: number
  readonly setup: number
  /** Most replicas, ready and starting. */
  readonly max: number
  /** Of a job in the system, and of a replica, ready or starting. */
  readonly holdingCost: number
  readonly replicaCost: number
  /** Whether an action names the number of replicas instead of changing it by one. */
  readonly anyTarget: boolean
}
