/** Seeds of episodes: `reset(seed)` starts with episode 0 of that root, `reset()` goes on with the next of the same. */
export class Episodes {
  private root: number | string = 0
  private next = 0

  /** The simulation's seed for the episode that starts now: episode i of root s runs as `run --seed s/i`. */
  begin(seed: number | undefined): string {
    if (seed !== undefined) {
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
