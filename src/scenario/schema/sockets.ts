/** Sockets of a balancer, or of each replica of a service, and what happens when they run out. */
import type { z } from 'zod'
import type { Sockets } from '../types.ts'
import { choice, duration, integer, noun, type Quantity, size } from './common.ts'

export type SocketsInput = {
  /** Default: unlimited. */
  max?: number | undefined
  /** Default 4096. */
  backlog?: number | undefined
  /** Default 4 KiB. */
  memoryPerConnection?: Quantity | undefined
  /** Default drop. */
  onFull?: 'drop' | 'refuse' | undefined
  /** Default 0: connections close after the answer. */
  keepAlive?: Quantity | undefined
  /** Default 28232. */
  ephemeralPorts?: number | undefined
  /** Default 60 s. */
  timeWait?: Quantity | undefined
}

export const sockets: z.ZodType<Sockets, SocketsInput> = noun('sockets', {
  max: integer(1, 100_000_000)
    .optional()
    .describe(
      'Sockets at once, of connections in and out, busy and idle (the limit on file descriptors). Default: unlimited.',
    ),
  backlog: integer(0, 100_000_000)
    .optional()
    .describe('Connections that wait to be accepted. Default 4096 (Linux somaxconn).'),
  memoryPerConnection: size
    .optional()
    .describe('Memory that a connection takes at this end. Default 4KiB (an idle TCP connection of Linux).'),
  onFull: choice(['drop', 'refuse'])
    .optional()
    .describe(
      'A full backlog ignores the SYN, which is sent again 1, 3, 7, 15, 31 and 63 s after the first, until 127 s (drop, default: Linux), or answers with a reset (refuse: tcp_abort_on_overflow=1).',
    ),
  keepAlive: duration
    .optional()
    .describe(
      'How long an idle connection is kept; of two ends that declare sockets the smaller counts. Default 0: it is closed after the answer.',
    ),
  ephemeralPorts: integer(1, 65_535)
    .optional()
    .describe('Ports for connections to one callee. Default 28232 (Linux 32768 to 60999).'),
  timeWait: duration
    .optional()
    .describe(
      'How long the port of a connection that this end has opened stays taken after it is closed. Default 60s (Linux TIME_WAIT).',
    ),
}).transform(
  (given): Sockets => ({
    max: given.max ?? Number.POSITIVE_INFINITY,
    backlog: given.backlog ?? 4096,
    memoryPerConnection: given.memoryPerConnection ?? 4096,
    onFull: given.onFull ?? 'drop',
    keepAlive: given.keepAlive ?? 0,
    ephemeralPorts: given.ephemeralPorts ?? 28_232,
    timeWait: given.timeWait ?? 60,
  }),
)
