/** Ctrl-C (and a polite kill) as an AbortSignal, so that a command can save what is done. */

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Runs `work` with a signal that the first Ctrl-C aborts; the second one ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = (): void => {
    release()
    process.stderr.write('\nStopping. Press Ctrl-C again to quit at once.\n')
    controller.abort()
  }
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  try {
    return await work(controller.signal)
  } finally {
    release()
  }
}

/** Whether this is what stopped work throws. */
export function isStopped(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
