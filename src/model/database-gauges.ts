/** Gauges that every database has, in the order of their columns. */
/** Connections that are held; who waits for one. */
export const CONNECTIONS = 0
export const QUEUE_POOL = 1
/** Queries that run; that hold a connection and wait for the server. */
export const RUNNING = 2
export const QUEUE_QUERY = 3
/** Connections that are open, held or not. */
export const OPEN = 4
export const DATABASE_GAUGES = 5
