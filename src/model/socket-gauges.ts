/** Gauges and counters of the nodes that connections are made from and to, in the order of their columns. */

/** Gauges per node: sockets, connections in the backlog, bytes that connections take, ports (TIME_WAIT included). */
export const SOCKETS = 0
export const BACKLOG = 1
export const CONNECTION_MEMORY = 2
export const PORTS = 3
export const SOCKET_GAUGES = 4

/** Counters per node. */
export const OPENED = 0
export const REUSED = 1
/** As a callee: SYNs that a full backlog refused, and ignored. */
export const REFUSALS = 2
export const DROPPED = 3
/** As a caller: connections for which it had no socket or memory, and no port. */
export const EXHAUSTED = 4
export const NO_PORT = 5
export const SOCKET_COUNTERS = 6
