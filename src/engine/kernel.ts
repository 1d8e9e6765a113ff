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

/** Integers of a task, one of them unused: so a ring of a power of two tasks is one of integers too. */
const TASK = 4

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
  /** A ring of tasks: each at a multiple of TASK its kind, a and b. */
  private tasks = new Int32Array(64 * TASK)
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

  /** Like `at`, for what mostly comes in the order in which it is scheduled. */
  behindAt(time: number, kind: number, a: number, b: number): void {
    this.queue.pushBehind(time, kind, a, b)
  }

  /** Before all other events of that instant. */
  firstAt(time: number, kind: number, a: number, b: number): void {
    this.queue.pushFirst(time, kind, a, b)
  }

  /** At this instant, after the running handler and the tasks queued before. */
  task(kind: number, a: number, b: number): void {
    const count = this.taskCount++
    if (count * TASK === this.tasks.length) {
      this.tasks = grown(rotated(this.tasks, this.taskHead), 2 * this.tasks.length)
      this.taskHead = 0
    }
    const { tasks } = this
    const at = (this.taskHead + count * TASK) & (tasks.length - 1)
    tasks[at] = kind
    tasks[at + 1] = a
    tasks[at + 2] = b
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
        const { tasks, taskHead: at } = this
        const kind = tasks[at]!
        this.taskHead = (at + TASK) & (tasks.length - 1)
        this.taskCount--
        this.processed++
        if (++this.sameInstant > MAX_EVENTS_AT_AN_INSTANT) throw this.stuck(kind)
        handlers[kind]!(tasks[at + 1]!, tasks[at + 2]!)
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
      tasks: rotated(this.tasks, this.taskHead).slice(0, this.taskCount * TASK),
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
    const { tasks } = state
    for (let i = 0; i < tasks.length; i += TASK) this.task(tasks[i]!, tasks[i + 1]!, tasks[i + 2]!)
  }
}

/** The ring with its head moved to index 0. */
function rotated(ring: Int32Array, head: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(ring.length)
  next.set(ring.subarray(head))
  next.set(ring.subarray(0, head), ring.length - head)
  return next
}

export type KernelState = {
  now: number
  suspended: boolean
  processed: number
  sameInstant: number
  queue: EventQueueState
  tasks: Int32Array
}
