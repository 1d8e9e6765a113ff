/** Where a run here differs from AsyncFlow's, or does what its fields do not say: one warning each. */
import type { Problem } from '../../errors.ts'
import type { Path } from '../path.ts'
import type { Problems } from '../problems.ts'

/** Collects equal notes into one, at the first place, with the number of the others. */
export class Notes {
  private readonly notes = new Map<
    string,
    { what: string; hint: string | undefined; path: Path; count: number }
  >()

  add(path: Path, what: string, hint?: string): void {
    const before = this.notes.get(what)
    if (before === undefined) this.notes.set(what, { what, hint, path, count: 1 })
    else before.count++
  }

  tell(problems: Problems, warn: ((problem: Problem) => void) | undefined): void {
    if (warn === undefined) return
    for (const { what, hint, path, count } of this.notes.values()) {
      warn(
        problems.at(
          path,
          count === 1 ? what : `${what} (and at ${count - 1} more ${count === 2 ? 'place' : 'places'})`,
          hint,
        ),
      )
    }
  }
}
