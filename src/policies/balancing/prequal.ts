/**
 * Prequal (B. Wydrowski et al., NSDI 2024, arXiv 2312.10172): a pool of answers to probes, out of which hot replicas
 * (requests in flight above a quantile of what was seen of late) are avoided and of the cold ones the one with the
 * least latency is taken; where all are hot, the one with the fewest in flight.
 */
import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition, PolicyNeed } from '../types.ts'
import { drawAvailable } from './draw-available.ts'

/** Requests in flight, as probes told them, behind the quantile. */
const SEEN = 64

type Options = {
  readonly mode: 'async' | 'sync'
  readonly d: number
  readonly timeout: number
  readonly pool: number
  readonly rProbe: number
  readonly rRemove: number
  readonly maxAge: number
  readonly qRif: number
  readonly delta: number
}

/** One answer to a probe; `uses` counts the requests that it was taken for. */
type Entry = {
  readonly slot: number
  rif: number
  readonly latency: number
  readonly at: number
  uses: number
}

type State = {
  readonly entries: readonly Entry[]
  readonly seen: readonly number[]
  readonly seenCount: number
  readonly probeCredit: number
  readonly removeCredit: number
  readonly removeOldest: boolean
}

class Prequal implements BalancingPolicy {
  readonly uses: readonly PolicyNeed[] = ['probes']
  readonly sync: BalancingPolicy['sync']
  private readonly options: Options
  /** The oldest first; one per slot. */
  private entries: Entry[] = []
  private seen: number[] = []
  private seenCount = 0
  private probeCredit = 0
  private removeCredit = 0
  /** Removals take the worst and the oldest in turn. */
  private removeOldest = false

  constructor(options: Options) {
    this.options = options
    const { mode, d, timeout } = options
    this.sync = mode === 'sync' ? { probes: d, answers: d - 1, timeout } : undefined
  }

  decide(view: BalancerView, draws: Stream): number {
    if (this.sync !== undefined) return this.takeAnswered(view, draws)
    const { maxAge, rProbe } = this.options
    this.entries = this.entries.filter(
      ({ slot, at }) => view.time - at <= maxAge && view.available[slot] === 1,
    )
    const slot = this.entries.length < 2 ? drawAvailable(view, draws) : this.take(view)
    this.remove()
    this.probeCredit += rProbe
    const count = Math.min(Math.floor(this.probeCredit), view.availableCount)
    this.probeCredit -= Math.floor(this.probeCredit)
    this.probe(view, draws, count)
    return slot
  }

  /** Of the slots that have answered for this very request; any, where none has that is still available. */
  private takeAnswered(view: BalancerView, draws: Stream): number {
    const { slots, loads, latencies } = view.answers
    const entries = slots.flatMap((slot, i): Entry[] =>
      view.available[slot] === 1
        ? [{ slot, rif: loads[i]!, latency: latencies[i]!, at: view.time, uses: 0 }]
        : [],
    )
    if (entries.length === 0) return drawAvailable(view, draws)
    const hottest = this.hotAbove()
    return entries.reduce((best, entry) => (isBetter(entry, best, hottest) ? entry : best)).slot
  }

  /** Takes an entry of the pool. */
  private take(view: BalancerView): number {
    const { entries } = this
    const hottest = this.hotAbove()
    let best = entries[0]!
    for (let i = 1; i < entries.length; i++) if (isBetter(entries[i]!, best, hottest)) best = entries[i]!
    best.rif++
    best.uses++
    if (best.uses >= this.reuse(view.availableCount)) entries.splice(entries.indexOf(best), 1)
    return best.slot
  }

  /** How often an answer may be used, so that the pool neither runs dry nor grows old. */
  private reuse(replicas: number): number {
    const { pool, rProbe, rRemove, delta } = this.options
    const gain = (1 - pool / replicas) * rProbe - rRemove
    return gain > 0 ? Math.max(1, (1 + delta) / gain) : Number.POSITIVE_INFINITY
  }

  /** The quantile: hot is what has more requests in flight. */
  private hotAbove(): number {
    const sorted = [...this.seen].sort((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(this.options.qRif * sorted.length))]!
  }

  private remove(): void {
    for (this.removeCredit += this.options.rRemove; this.removeCredit >= 1; this.removeCredit--) {
      const { entries } = this
      if (entries.length === 0) continue
      let at = 0
      if (!this.removeOldest) {
        const hottest = this.hotAbove()
        for (let i = 1; i < entries.length; i++) if (isBetter(entries[at]!, entries[i]!, hottest)) at = i
      }
      entries.splice(at, 1)
      this.removeOldest = !this.removeOldest
    }
  }

  private probe(view: BalancerView, draws: Stream, count: number): void {
    const probed: number[] = []
    while (probed.length < count) {
      const slot = drawAvailable(view, draws)
      if (probed.includes(slot)) continue
      probed.push(slot)
      view.probe(slot)
    }
  }

  probed(view: BalancerView, slot: number, load: number, latency: number): void {
    this.seen[this.seenCount++ % SEEN] = load
    if (this.sync !== undefined) return
    this.entries = this.entries.filter((entry) => entry.slot !== slot)
    if (this.entries.length >= this.options.pool) this.entries.shift()
    this.entries.push({ slot, rif: load, latency, at: view.time, uses: 0 })
  }

  save(): State {
    const { seen, seenCount, probeCredit, removeCredit, removeOldest } = this
    const entries = this.entries.map((entry) => ({ ...entry }))
    return { entries, seen: [...seen], seenCount, probeCredit, removeCredit, removeOldest }
  }

  load(state: unknown): void {
    const from = state as State
    this.entries = from.entries.map((entry) => ({ ...entry }))
    this.seen = [...from.seen]
    this.seenCount = from.seenCount
    this.probeCredit = from.probeCredit
    this.removeCredit = from.removeCredit
    this.removeOldest = from.removeOldest
  }
}

/** Whether hot-cold lexicographic order puts `a` strictly before `b`. */
function isBetter(a: Entry, b: Entry, hottest: number): boolean {
  const aHot = a.rif > hottest
  const bHot = b.rif > hottest
  if (aHot !== bHot) return bHot
  return aHot ? a.rif < b.rif : a.latency < b.latency
}

/**
 * `pool`: answers kept; `rProbe` and `rRemove`: probes sent and answers removed per request, fractions add up;
 * `maxAge`: of an answer; `qRif`: the quantile above which a replica is hot; `delta`: net growth of the pool per
 * request that the number of reuses allows for. In `mode: sync` each request has `d` replicas probed and waits for the first
 * d - 1 answers, `timeout` at most; pool, rProbe, rRemove, maxAge and delta are for `async`.
 */
export const prequal: PolicyDefinition<BalancingPolicy> = {
  name: 'prequal',
  summary: 'Probes replicas; of those with few requests in flight the one with the least latency.',
  information: 'reported',
  defaults: {
    pool: 16,
    rProbe: 3,
    rRemove: 1,
    maxAge: '1s',
    qRif: 0.84,
    delta: 1,
    mode: 'async',
    d: 3,
    timeout: '100ms',
  },
  create(params) {
    const reader = new Params('prequal', params, this.defaults)
    const options: Options = {
      pool: reader.integer('pool', { min: 1, max: 1000 }),
      rProbe: reader.number('rProbe', { min: 0, max: 100 }),
      rRemove: reader.number('rRemove', { min: 0, max: 100 }),
      maxAge: reader.seconds('maxAge', { min: 0, above: true }),
      qRif: reader.number('qRif', { min: 0, max: 1 }),
      delta: reader.number('delta', { min: 0 }),
      mode: reader.choice('mode', ['async', 'sync']),
      d: reader.integer('d', { min: 2, max: 1000 }),
      timeout: reader.seconds('timeout', { min: 0, above: true }),
    }
    reader.finish()
    return new Prequal(options)
  },
}
