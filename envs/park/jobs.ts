/** The jobs of an episode: drawn as Park and its finite-variance predecessor draw them, or replayed from a list. */
import { ConfigError } from '../../src/errors.ts'
import { log, pow } from '../../src/random/math.ts'
import type { Stream } from '../../src/random/stream.ts'

export type ParkPreset = 'heavy-tail' | 'uniform'

/** Times since the job before, and sizes in units of work. */
export type ParkJobs = { readonly gaps: Float64Array; readonly sizes: Float64Array }

/** Per job the size is drawn first, then the time since the job before; both are rounded down. */
export function drawJobs(preset: ParkPreset, count: number, stream: Stream): ParkJobs {
  const gaps = new Float64Array(count)
  const sizes = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const u = stream.next()
    // Pareto of shape 1.5 from 100 on, or uniform.
    sizes[i] = Math.floor(preset === 'uniform' ? 100 + 900 * u : 100 * pow(1 - u, -1 / 1.5))
    gaps[i] = Math.floor((preset === 'uniform' ? -100 : -55) * log(1 - stream.next()))
  }
  return { gaps, sizes }
}

/** @throws ConfigError unless it is a list of [time since the job before, size], both whole numbers, sizes above 0. */
export function readJobs(value: unknown): ParkJobs {
  const bad = (what: string, path: string): ConfigError =>
    new ConfigError([{ what, path, hint: 'Give a list of [time since the job before, size].' }])
  if (!Array.isArray(value) || value.length === 0) throw bad('expected a list of jobs', 'jobs')
  const whole = (x: unknown, least: number): boolean => Number.isSafeInteger(x) && (x as number) >= least
  for (const [i, job] of (value as unknown[]).entries()) {
    if (!(Array.isArray(job) && job.length === 2 && whole(job[0], 0) && whole(job[1], 1))) {
      throw bad(`expected two whole numbers, the size above 0, got ${JSON.stringify(job)}`, `jobs.${i}`)
    }
  }
  const jobs = value as [number, number][]
  return { gaps: Float64Array.from(jobs, ([gap]) => gap), sizes: Float64Array.from(jobs, ([, size]) => size) }
}
