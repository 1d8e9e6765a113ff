/**
 * The connections that are there, and the pairs of instances that they join. A row is used again; events that may
 * outlive it carry its stamp. Rows are linked in lists: the backlog of a callee, or the idle ones of a pair.
 */
import { type Column, grown, loadFields, saveFields } from '../engine/typed.ts'

export const FREE = 0
/** Its SYN, or the refusal of it, is on the way, or waits to be sent again. */
export const SYN = 1
/** In the backlog of its callee. */
export const QUEUED = 2
/** The callee has accepted it; the caller does not know yet. */
export const ACCEPTED = 3
/** Carries a leg. */
export const UP = 4
export const IDLE = 5

export class Connections {
  state: Uint8Array = new Uint8Array(0)
  /** 1 while the caller's and the callee's end is there. */
  callerEnd: Uint8Array = new Uint8Array(0)
  calleeEnd: Uint8Array = new Uint8Array(0)
  /** 1: once it is up, the sender passes the leg on and is done with it. */
  passesOn: Uint8Array = new Uint8Array(0)
  /** 1: an expiry event is under way. */
  armed: Uint8Array = new Uint8Array(0)
  leg: Int32Array = new Int32Array(0)
  pair: Int32Array = new Int32Array(0)
  /** Frames of the leg when it was opened. */
  depth: Int32Array = new Int32Array(0)
  /** The connection that its leg held before; -1. */
  below: Int32Array = new Int32Array(0)
  next: Int32Array = new Int32Array(0)
  prev: Int32Array = new Int32Array(0)
  tries: Int32Array = new Int32Array(0)
  /** Packets that its handshake has sent: each has draws of its own. */
  packets: Int32Array = new Int32Array(0)
  /** Channel of the leg, and outcome of a connection that fails. */
  channel: Int32Array = new Int32Array(0)
  outcome: Int32Array = new Int32Array(0)
  stamp: Int32Array = new Int32Array(0)
  /** When the first SYN was sent; when it became idle. */
  since: Float64Array = new Float64Array(0)
  /** Pairs: instances of both ends, the idle connection used last (-1), ports, and the generation of the latter. */
  caller: number[] = []
  callee: number[] = []
  idle: number[] = []
  ports: number[] = []
  waiting: number[] = []
  epoch: number[] = []
  live = 0
  private count = 0
  private free: number[] = []
  private readonly instances: number
  private readonly pairOf = new Map<number, number>()

  constructor(instances: number) {
    this.instances = instances
  }

  alloc(): number {
    this.live++
    const known = this.free.pop()
    if (known !== undefined) return known
    if (this.count === this.state.length) {
      const size = Math.max(16, 2 * this.count)
      const columns = this as Record<(typeof COLUMNS)[number], Column>
      for (const name of COLUMNS) columns[name] = grown(columns[name], size)
    }
    return this.count++
  }

  release(c: number): void {
    this.live--
    this.state[c] = FREE
    this.stamp[c] = (this.stamp[c]! + 1) | 0
    this.free.push(c)
  }

  /** Rows are below this. */
  get end(): number {
    return this.count
  }

  pairFor(caller: number, callee: number): number {
    const key = caller * this.instances + callee
    const known = this.pairOf.get(key)
    if (known !== undefined) return known
    const pair = this.caller.push(caller) - 1
    this.callee.push(callee)
    this.idle.push(-1)
    this.ports.push(0)
    this.waiting.push(0)
    this.epoch.push(0)
    this.pairOf.set(key, pair)
    return pair
  }

  pushIdle(c: number): void {
    const pair = this.pair[c]!
    const top = this.idle[pair]!
    this.next[c] = top
    this.prev[c] = -1
    if (top >= 0) this.prev[top] = c
    this.idle[pair] = c
  }

  removeIdle(c: number): void {
    const next = this.next[c]!
    const prev = this.prev[c]!
    if (prev >= 0) this.next[prev] = next
    else this.idle[this.pair[c]!] = next
    if (next >= 0) this.prev[next] = prev
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, [...COLUMNS, ...FIELDS])
  }

  load(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, [...COLUMNS, ...FIELDS], state)
    this.pairOf.clear()
    this.caller.forEach((caller, pair) => {
      this.pairOf.set(caller * this.instances + this.callee[pair]!, pair)
    })
  }
}

const COLUMNS = [
  'state',
  'callerEnd',
  'calleeEnd',
  'passesOn',
  'armed',
  'leg',
  'pair',
  'depth',
  'below',
  'next',
  'prev',
  'tries',
  'packets',
  'channel',
  'outcome',
  'stamp',
  'since',
] as const

const FIELDS = ['caller', 'callee', 'idle', 'ports', 'waiting', 'epoch', 'live', 'count', 'free']
