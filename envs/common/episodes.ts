import { ConfigError } from '../../src/errors.ts'

/** Seeds of episodes: `reset(seed)` starts with episode 0 of that root, `reset()` goes on with the next of the same. */
export class Episodes {
  private root: number | string = 0
  private next = 0

  /**
   * The simulation's seed for the episode that starts now: episode i of root s runs as `run --seed s/i`.
   *
   * @throws ConfigError for a seed that is no integer of at least 0
   */
  begin(seed: number | undefined): string {
    if (seed !== undefined) {
      if (!(Number.isSafeInteger(seed) && seed >= 0)) {
        const what = `expected an integer of at least 0, got ${String(seed)}`
        throw new ConfigError([
          { what, path: 'reset.seed', hint: 'Leave it out to go on with the next episode.' },
        ])
      }
      this.root = seed
      this.next = 0
    }
    return `${this.root}/${this.next++}`
  }

  save(): EpisodesState {
    return { root: this.root, next: this.next }
  }

  load({ root, next }: EpisodesState): void {
    this.root = root
    this.next = next
  }
}

type EpisodesState = { readonly root: number | string; readonly next: number }
