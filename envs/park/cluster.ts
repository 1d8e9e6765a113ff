/**
 * Ten first-come first-served servers of different speeds, as in Park's load_balance (Mao et al., 2019). Events are
 * taken by time, ties in the order in which they were pushed; that order decides some ties of arrivals and completions.
 */

/** Work per unit of time; their sum is 6. */
export const PARK_RATES: readonly number[] = Object.freeze([
  0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.05,
])

/**
 * The same rates as ten equally spaced numbers, which differ from the literals in the last digit: heuristics see these.
 * Rounding decides between servers whose scores are equal on paper, and the reference returns come from these numbers.
 */
export const PARK_SPACED_RATES: readonly number[] = Object.freeze(PARK_RATES.map((_, i) => 0.15 + i * 0.1))

const ARRIVAL = -1

type Event = { readonly time: number; readonly order: number; readonly server: number; readonly job: number }
type Running = { readonly job: number; readonly finish: number }

/** Plain data. */
export type ParkClusterState = {
  readonly now: number
  readonly counts: Int32Array
  readonly incoming: number
  readonly drawn: number
  readonly pushed: number
  readonly waiting: readonly Int32Array[]
  readonly running: readonly (Running | null)[]
  readonly events: readonly Event[]
}

export class ParkCluster {
  now = 0
  /** Waiting and running jobs of each server. */
  readonly counts: Int32Array = new Int32Array(PARK_RATES.length)
  readonly sizes: Float64Array
  private readonly gaps: Float64Array
  /** Job that waits for a decision; -1: none. */
  incoming = -1
  private drawn = 0
  private pushed = 0
  private readonly waiting: number[][] = PARK_RATES.map(() => [])
  private readonly running: (Running | undefined)[] = PARK_RATES.map(() => undefined)
  /** Sorted, the next last. At most one event per server and one arrival in sensible use. */
  private readonly events: Event[] = []

  constructor(gaps: Float64Array, sizes: Float64Array) {
    this.gaps = gaps
    this.sizes = sizes
    this.draw()
    this.take()
  }

  get done(): boolean {
    return this.incoming < 0 && this.events.length === 0
  }

  /** Runs to the next arrival, or to the end; the time integral of the number of jobs in the system. */
  assign(server: number): number {
    const job = this.incoming
    this.incoming = -1
    this.waiting[server]!.push(job)
    this.counts[server]!++
    this.start(server)
    this.draw()
    let cost = 0
    while (this.events.length > 0 && this.incoming < 0) {
      let jobs = 0
      for (const count of this.counts) jobs += count
      const before = this.now
      this.take()
      cost += (this.now - before) * jobs
    }
    return cost
  }

  /** Units of work that wait at a server, without the running job. */
  waitingWork(server: number): number {
    let sum = 0
    for (const job of this.waiting[server]!) sum += this.sizes[job]!
    return sum
  }

  /** Units of work of all jobs at a server, the running one as when it began. */
  assignedWork(server: number): number {
    const running = this.running[server]
    const rest = running === undefined || running.finish <= this.now ? 0 : this.sizes[running.job]!
    return rest + this.waitingWork(server)
  }

  /** Time that the running job of a server still needs. */
  runningTime(server: number): number {
    const running = this.running[server]
    return running === undefined ? 0 : running.finish - this.now
  }

  /** Time after which a server will be empty if nothing is added. */
  drainTime(server: number): number {
    let sum = this.runningTime(server)
    for (const job of this.waiting[server]!) sum += Math.trunc(this.sizes[job]! / PARK_RATES[server]!)
    return sum
  }

  save(): ParkClusterState {
    const { now, counts, incoming, drawn, pushed, waiting, running, events } = this
    return {
      now,
      counts: counts.slice(),
      incoming,
      drawn,
      pushed,
      waiting: waiting.map((jobs) => Int32Array.from(jobs)),
      running: running.map((one) => one ?? null),
      events: [...events],
    }
  }

  /** Of a cluster that was given the same jobs. */
  load(state: ParkClusterState): void {
    this.now = state.now
    this.counts.set(state.counts)
    this.incoming = state.incoming
    this.drawn = state.drawn
    this.pushed = state.pushed
    state.waiting.forEach((jobs, server) => {
      this.waiting[server] = [...jobs]
      this.running[server] = state.running[server] ?? undefined
    })
    this.events.length = 0
    this.events.push(...state.events)
  }

  private draw(): void {
    if (this.drawn === this.sizes.length) return
    const job = this.drawn++
    this.push(this.now + this.gaps[job]!, ARRIVAL, job)
  }

  private take(): void {
    const { time, server, job } = this.events.pop()!
    this.now = time
    if (server === ARRIVAL) {
      this.incoming = job
      return
    }
    // A job assigned at this very instant may have taken the server already.
    if (this.running[server]?.job === job) {
      this.running[server] = undefined
      this.counts[server]!--
    }
    this.start(server)
  }

  private start(server: number): void {
    const running = this.running[server]
    if (running !== undefined && running.finish > this.now) return
    const job = this.waiting[server]!.shift()
    if (job === undefined) return
    // The job that has just finished leaves here rather than at its event.
    if (running !== undefined) this.counts[server]!--
    const finish = this.now + Math.trunc(this.sizes[job]! / PARK_RATES[server]!)
    this.running[server] = { job, finish }
    this.push(finish, server, job)
  }

  private push(time: number, server: number, job: number): void {
    const event: Event = { time, order: this.pushed++, server, job }
    const { events } = this
    let i = events.length
    while (i > 0 && events[i - 1]!.time <= time) i--
    events.splice(i, 0, event)
  }
}
