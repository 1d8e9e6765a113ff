/**
 * The clock and the loop. Model files register a handler per kind of event and get a number for it.
 * Two queues: events (at a time) and tasks (now, right after the running handler, in order). Whatever
 * could otherwise recurse or be a decision of a policy is a task, so that stopping at a decision and
 * continuing later runs exactly what not stopping would have run.
 */
import { SimError } from '../errors.ts'
import { EventQueue, type EventQueueState } from './event-queue.ts'
import { FLOAT_ZERO, grown } from './typed.ts'

export type Handler = (a: number, b: number) => void

/** More events than this at one instant means that simulated time stands still. */
const MAX_EVENTS_AT_AN_INSTANT = 1_000_000

export class Kernel {
  /** Seconds since the start of the run. */
  now: number = FLOAT_ZERO
  /** Set by a handler to leave the loop after it: a decision is wanted from outside, or the run is drained. */
  suspended = false
  /** Events and tasks run so far. */
  processed = 0
  readonly queue: EventQueue = new EventQueue()
  /** Says in an error where in the simulated system things are, e.g. ` at web, db`. */
  where: () => string = () => ''
  private readonly handlers: Handler[] = []
  private readonly names: string[] = []
  private sameInstant = 0
  private taskKind = new Uint8Array(64)
  private taskA = new Int32Array(64)
  private taskB = new Int32Array(64)
  private taskHead = 0
  private taskCount = 0

  /** Registers a kind of event; the name appears in errors only. */
  on(name: string, handler: Handler): number {
    this.names.push(name)
    return this.handlers.push(handler) - 1
  }

  at(time: number, kind: number, a: number, b: number): void {
    this.queue.push(time, kind, a, b)
  }

  /** Before all other events of that instant. */
  firstAt(time: number, kind: number, a: number, b: number): void {
    this.queue.pushFirst(time, kind, a, b)
  }

  /** At this instant, after the running handler and the tasks queued before. */
  task(kind: number, a: number, b: number): void {
    let capacity = this.taskKind.length
    if (this.taskCount === capacity) {
      this.taskKind = grown(rotated(this.taskKind, this.taskHead), capacity * 2)
      this.taskA = grown(rotated(this.taskA, this.taskHead), capacity * 2)
      this.taskB = grown(rotated(this.taskB, this.taskHead), capacity * 2)
      this.taskHead = 0
      capacity *= 2
    }
    const index = (this.taskHead + this.taskCount++) & (capacity - 1)
    this.taskKind[index] = kind
    this.taskA[index] = a
    this.taskB[index] = b
  }

  /** Nothing else is due at this instant: what would come last now may as well come at once. */
  get isIdle(): boolean {
    return this.taskCount === 0 && this.queue.isClearUntil(this.now)
  }

  /** At this instant, after everything that is due by now. */
  last(kind: number, a: number, b: number): void {
    if (this.queue.isClearUntil(this.now)) this.task(kind, a, b)
    else this.queue.push(this.now, kind, a, b)
  }

  /** Runs every event before `limit` (exclusive), or until a handler suspends the loop. */
  run(limit: number): 'suspended' | 'until' {
    const { queue, handlers } = this
    for (;;) {
      while (this.taskCount > 0) {
        const index = this.taskHead
        this.taskHead = (index + 1) & (this.taskKind.length - 1)
        this.taskCount--
        this.processed++
        if (++this.sameInstant > MAX_EVENTS_AT_AN_INSTANT) throw this.stuck(this.taskKind[index]!)
        handlers[this.taskKind[index]!]!(this.taskA[index]!, this.taskB[index]!)
        if (this.suspended) return 'suspended'
      }
      if (!queue.popBefore(limit)) {
        if (limit !== Number.POSITIVE_INFINITY && this.now < limit) this.now = limit
        this.sameInstant = 0
        return 'until'
      }
      const time = queue.poppedTime
      this.processed++
      if (time > this.now) {
        this.now = time
        this.sameInstant = 0
      } else if (++this.sameInstant > MAX_EVENTS_AT_AN_INSTANT) {
        throw this.stuck(queue.poppedKind)
      }
      handlers[queue.poppedKind]!(queue.poppedA, queue.poppedB)
      if (this.suspended) return 'suspended'
    }
  }

  private stuck(kind: number): SimError {
    return new SimError(
      'time-stands-still',
      `more than ${MAX_EVENTS_AT_AN_INSTANT} events at t=${this.now} s, the last one "${this.names[kind]}"${this.where()}. ` +
        'Give a step, a link, a think time or a backoff on this path a duration above zero.',
    )
  }

  save(): KernelState {
    return {
      now: this.now,
      suspended: this.suspended,
      processed: this.processed,
      sameInstant: this.sameInstant,
      queue: this.queue.save(),
      taskKind: rotated(this.taskKind, this.taskHead).slice(0, this.taskCount),
      taskA: rotated(this.taskA, this.taskHead).slice(0, this.taskCount),
      taskB: rotated(this.taskB, this.taskHead).slice(0, this.taskCount),
    }
  }

  load(state: KernelState): void {
    this.now = state.now
    this.suspended = state.suspended
    this.processed = state.processed
    this.sameInstant = state.sameInstant
    this.queue.load(state.queue)
    this.taskHead = 0
    this.taskCount = 0
    state.taskKind.forEach((kind, i) => this.task(kind, state.taskA[i]!, state.taskB[i]!))
  }
}

/** The ring with its head moved to index 0. */
function rotated<T extends Uint8Array | Int32Array>(ring: T, head: number): T {
  const next = ring.slice() as T
  next.set(ring.subarray(head) as never)
  next.set(ring.subarray(0, head) as never, ring.length - head)
  return next
}

export type KernelState = {
  now: number
  suspended: boolean
  processed: number
  sameInstant: number
  queue: EventQueueState
  taskKind: Uint8Array
  taskA: Int32Array
  taskB: Int32Array
}
