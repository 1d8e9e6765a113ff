/** Ctrl-C (and a polite kill) as an AbortSignal, so that a command can save what is done. */
import { setMaxListeners } from 'node:events'
import { EXIT } from './exit-codes.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** npx and npm pass on the Ctrl-C that the terminal has sent already: what comes this soon is the same one. */
const SAME_MS = 500

/** Runs `work` with a signal that the first Ctrl-C aborts; the second one ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  // One listener per running or waiting job is no leak.
  setMaxListeners(Number.POSITIVE_INFINITY, controller.signal)
  let first: number | undefined
  const stop = (): void => {
    if (first !== undefined && performance.now() - first > SAME_MS) process.exit(EXIT.interrupted)
    if (first !== undefined) return
    first = performance.now()
    process.stderr.write('\nStopping. Press Ctrl-C again to quit at once.\n')
    controller.abort()
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

/** Whether this is what stopped work throws. */
export function isStopped(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
