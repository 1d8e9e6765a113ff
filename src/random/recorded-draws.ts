/**
 * Replays numbers that were recorded for requests, of this simulator or of another one. A number is looked up by
 * the name of its site and the request; attempts and repetitions of a request meet the same number.
 */
import type { DrawSite, Draws } from './draws.ts'

/**
 * Site name -> request number -> the number. Of a site with a distribution it is the value (`sample`), of one
 * without it is the uniform number behind the choice (`uniform`).
 */
export type Recording = ReadonlyMap<string, ReadonlyMap<number, number>>

export class RecordedDraws implements Draws {
  /** Numbers asked for so far that the recording does not have; they came from the fallback. Constants need none. */
  missing = 0
  private readonly bySite: readonly (ReadonlyMap<number, number> | undefined)[]
  private readonly constant: readonly boolean[]
  private readonly fallback: Draws

  /** `sites` and `fallback` are what `SimulationOptions.draws` is called with. */
  constructor(sites: readonly DrawSite[], fallback: Draws, recording: Recording) {
    this.bySite = sites.map(({ name }) => recording.get(name))
    this.constant = sites.map(({ distribution }) => distribution?.kind === 'constant')
    this.fallback = fallback
  }

  sample(site: number, request: number, path: number, ordinal: number): number {
    const value = this.bySite[site]?.get(request)
    if (value !== undefined) return value
    if (!this.constant[site]) this.missing++
    return this.fallback.sample(site, request, path, ordinal)
  }

  uniform(site: number, request: number, path: number, ordinal: number): number {
    const value = this.bySite[site]?.get(request)
    if (value !== undefined) return value
    this.missing++
    return this.fallback.uniform(site, request, path, ordinal)
  }
}
