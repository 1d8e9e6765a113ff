/** What a step says of the requests that ended in it. */
import { OUTCOMES } from '../../src/results/types.ts'

/** Class -> outcome -> count. */
export type StepOutcomes = Readonly<Record<string, Readonly<Record<string, number>>>>

export const NOTHING: StepOutcomes = Object.freeze({})

/** Combinations of more requests than the first are kept only until there are as many as the second. */
const FEW = 4
const MOST_KEPT = 1000

/** The combinations that begin with the same requests. */
type Known = { outcomes: StepOutcomes | undefined; readonly next: (Known | undefined)[] }

/**
 * Makes them, frozen. The same combinations come again and again: each is made once, for all environments whose
 * classes have the same names, since environments side by side then look into the same memory.
 */
export class StepOutcomesMaker {
  private static readonly byClasses = new Map<string, StepOutcomesMaker>()

  static of(classes: readonly { readonly name: string }[]): StepOutcomesMaker {
    const names = classes.map(({ name }) => name)
    const key = JSON.stringify(names)
    let maker = StepOutcomesMaker.byClasses.get(key)
    if (maker === undefined) {
      maker = new StepOutcomesMaker(names)
      StepOutcomesMaker.byClasses.set(key, maker)
    }
    return maker
  }

  private readonly classes: readonly string[]
  private readonly root: Known = known()
  private kept = 0

  private constructor(classes: readonly string[]) {
    this.classes = classes
  }

  /** `keys`: class x outcome of each request, the first `count` of them, in rising order. */
  get(keys: ArrayLike<number>, count: number): StepOutcomes {
    if (count > FEW && this.kept > MOST_KEPT) return this.make(keys, count)
    let node = this.root
    for (let i = 0; i < count; i++) node = node.next[keys[i]!] ??= known()
    if (node.outcomes === undefined) {
      node.outcomes = this.make(keys, count)
      this.kept++
    }
    return node.outcomes
  }

  make(keys: ArrayLike<number>, count: number): StepOutcomes {
    const result: Record<string, Record<string, number>> = {}
    for (let i = 0; i < count; i++) {
      const cls = Math.floor(keys[i]! / OUTCOMES.length)
      const outcome = OUTCOMES[keys[i]! - cls * OUTCOMES.length]!
      const own = (result[this.classes[cls]!] ??= {})
      own[outcome] = (own[outcome] ?? 0) + 1
    }
    for (const own of Object.values(result)) Object.freeze(own)
    return Object.freeze(result)
  }
}

function known(): Known {
  return { outcomes: undefined, next: [] }
}
