import { setImmediate } from 'node:timers/promises'
import { type Kit, loadKit } from '../kit.ts'
import { abortError } from '../units/abort-error.ts'
import { runUnit } from '../units/run-unit.ts'
import type { UnitResult } from '../units/types.ts'
import type { Executor } from './executor.ts'

/**
 * One unit after the other in this thread. A signal is noticed between units, and within one only when something
 * in it lets the event loop run, or an abort comes from a progress callback.
 */
export function inProcess(kit?: Kit): Executor {
  let loaded: Promise<Kit> | undefined
  let last: Promise<unknown> = Promise.resolve()
  return {
    workers: 1,
    run(job, hooks = {}) {
      const { signal } = hooks
      const work = async (): Promise<UnitResult> => {
        await setImmediate()
        if (signal?.aborted) throw abortError()
        loaded ??= kit === undefined ? loadKit() : Promise.resolve(kit)
        hooks.onStart?.()
        return runUnit(job, await loaded, {
          onProgress: hooks.onProgress,
          aborted: () => signal?.aborted ?? false,
        })
      }
      const result = last.then(work, work)
      last = result.catch(() => {})
      return result
    },
    async close() {
      await last
    },
  }
}
