/** What the exit code of every command means. */
export const EXIT = {
  done: 0,
  /** A threshold was missed: an SLO, a check. The results are complete. */
  missed: 1,
  /** Wrong usage or input; nothing was run. */
  usage: 2,
  /** A defect of this package. */
  internal: 3,
  /** Ended by Ctrl-C; what was done is saved. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
