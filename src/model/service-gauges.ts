/** Gauges that every service has, in the order of their columns. */
export const LOAD = 0
export const IO = 1
export const QUEUE_CPU = 2
export const QUEUE_MEMORY = 3
export const QUEUE_WORKERS = 4
/** Cores at work, bytes reserved, workers held. */
export const BUSY = 5
export const MEMORY = 6
export const WORKERS = 7
/** Replicas that are ready; that are paid: starting, ready or draining. */
export const READY_REPLICAS = 8
export const PAID_REPLICAS = 9
/** Replicas whose cores may work: ready or draining. */
export const WORKING_REPLICAS = 10
/** Cores at work at replicas that drain. */
export const DRAINING_BUSY = 11
export const SERVICE_GAUGES = 12
