/** Gauges that every database has, in the order of their columns. */
/** Connections that are held; queries that wait for one. */
export const CONNECTIONS = 0
export const QUEUE_POOL = 1
/** Queries that run; that hold a connection and wait for the server. */
export const RUNNING = 2
export const QUEUE_QUERY = 3
export const DATABASE_GAUGES = 4
