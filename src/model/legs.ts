/**
 * The columns of everything under way. A row is a request (what a client waits for), a leg (one traversal made
 * for it) or a branch (one arm of a `parallel` step). Requests, legs and branches can all be callers.
 */
import { LegTable } from '../engine/leg-table.ts'

export const REQUEST = 0
export const LEG = 1
export const BRANCH = 2

/** What a row does with a core. */
export const CORE_NONE = 0
export const CORE_WAITING = 1
export const CORE_RUNNING = 2
/** Holds a core between two cpu steps. */
export const CORE_HELD = 3
/** Has been given a core, and starts after everything else that is due now. */
export const CORE_GRANTED = 4

export class Legs extends LegTable {
  kind: Int32Array = new Int32Array(0)
  /** Row that waits for this one, and its generation when this one was made; -1: none. */
  parent: Int32Array = new Int32Array(0)
  parentGeneration: Int32Array = new Int32Array(0)
  /** Number of the request within its workload, and what its draws are keyed with beside it. */
  number: Float64Array = new Float64Array(0)
  path: Int32Array = new Int32Array(0)
  /** Index into the scenario's classes. */
  cls: Int32Array = new Int32Array(0)
  /** Request: intended send. Leg: arrival at its service. */
  start: Float64Array = new Float64Array(0)
  /** Start of the phase that goes on now. */
  since: Float64Array = new Float64Array(0)
  /** Seconds by cell: that of cell c at `row + c`. */
  phases: Float64Array = new Float64Array(0)
  readonly cells: number

  /** As a caller: the leg it waits for (-1), the calling site, the attempt from 1, when that was sent. */
  child: Int32Array = new Int32Array(0)
  call: Int32Array = new Int32Array(0)
  attempt: Int32Array = new Int32Array(0)
  sentAt: Float64Array = new Float64Array(0)
  /** Events that carry another number than this are stale. Never reset, also not when a row is used again. */
  timer: Int32Array = new Int32Array(0)

  /** The calling site that made the leg, whatever its caller does by now. */
  via: Int32Array = new Int32Array(0)
  /** Node where the leg is, or whither it travels. */
  node: Int32Array = new Int32Array(0)
  /** Channel that it travels on; -1 at a node. */
  channel: Int32Array = new Int32Array(0)
  /** Backend (balancer and slot) that it was sent to and has not reached; -1. */
  backend: Int32Array = new Int32Array(0)
  /** Nodes that the answer passes: a relay's node, or nodes + backend: that of depth d at `row + d`. */
  frame: Int32Array = new Int32Array(0)
  frameTime: Float64Array = new Float64Array(0)
  frameCount: Int32Array = new Int32Array(0)
  outcome: Int32Array = new Int32Array(0)
  /** 1: its message or answer was lost, and only a timer of its caller ends the wait. */
  lost: Int32Array = new Int32Array(0)

  /** At a service: interned endpoint name before, endpoint index of the service after arrival. */
  endpoint: Int32Array = new Int32Array(0)
  /** Global replica; -1 when not at one. */
  replica: Int32Array = new Int32Array(0)
  /** 1 between arrival at a replica and its release. */
  resident: Int32Array = new Int32Array(0)
  pc: Int32Array = new Int32Array(0)
  core: Int32Array = new Int32Array(0)
  /** Seconds of a core at speed 1 still to do as of `workAt`. */
  work: Float64Array = new Float64Array(0)
  workAt: Float64Array = new Float64Array(0)
  /** Next in the queue that the row waits in; -1. */
  next: Int32Array = new Int32Array(0)
  /** Bytes reserved, 1 where a worker is held, branches still open. */
  memory: Float64Array = new Float64Array(0)
  worker: Int32Array = new Int32Array(0)
  open: Int32Array = new Int32Array(0)

  constructor(cells: number, frames: number) {
    super()
    this.cells = cells
    const i32 = [
      'kind',
      'outcome',
      'lost',
      'resident',
      'core',
      'worker',
      'parent',
      'parentGeneration',
      'path',
      'cls',
      'child',
      'call',
      'attempt',
      'timer',
      'via',
      'node',
      'channel',
      'backend',
      'frameCount',
      'endpoint',
      'replica',
      'pc',
      'next',
      'open',
    ] as const
    const f64 = ['number', 'start', 'since', 'sentAt', 'work', 'workAt', 'memory'] as const
    for (const name of i32) {
      this.int32((array) => {
        this[name] = array
      })
    }
    for (const name of f64) {
      this.float64((array) => {
        this[name] = array
      })
    }
    this.float64((array) => {
      this.phases = array
    }, cells)
    this.int32((array) => {
      this.frame = array
    }, frames)
    this.float64((array) => {
      this.frameTime = array
    }, frames)
  }

  /** Ends the running phase of the row: its time goes to `cell` (-1: nowhere). */
  endPhase(row: number, cell: number, now: number): void {
    if (cell >= 0) this.phases[row + cell]! += now - this.since[row]!
    this.since[row] = now
  }

  copyPhases(from: number, to: number): void {
    const { phases, cells } = this
    for (let i = 0; i < cells; i++) phases[to + i] = phases[from + i]!
  }

  clearPhases(row: number): void {
    const { phases, cells } = this
    for (let i = 0; i < cells; i++) phases[row + i] = 0
  }
}
