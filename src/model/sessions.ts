/** Sessions under way: users who arrive, send several requests one after the other, and leave. */
import type { Draws } from '../random/index.ts'

export class Sessions {
  private readonly draws: Draws
  private readonly requestSite: number
  private readonly thinkSite: number
  private opened = 0
  /** Requests sent by each session under way, and how many it sends in all. */
  private readonly sent = new Map<number, number>()
  private readonly wanted = new Map<number, number>()

  constructor(draws: Draws, requestSite: number, thinkSite: number) {
    this.draws = draws
    this.requestSite = requestSite
    this.thinkSite = thinkSite
  }

  /** A user arrives and sends the first request; the answer is the number of the session. */
  open(): number {
    const user = this.opened++
    this.sent.set(user, 1)
    this.wanted.set(user, Math.max(1, Math.round(this.draws.sample(this.requestSite, user, 0, 0))))
    return user
  }

  /** Seconds from an answer to the next request of the session; Infinity after its last. */
  next(user: number): number {
    const sent = this.sent.get(user)!
    if (sent >= this.wanted.get(user)!) return Number.POSITIVE_INFINITY
    this.sent.set(user, sent + 1)
    return this.draws.sample(this.thinkSite, user, sent, 0)
  }

  leave(user: number): void {
    this.sent.delete(user)
    this.wanted.delete(user)
  }

  save(): unknown {
    return { opened: this.opened, sent: [...this.sent], wanted: [...this.wanted] }
  }

  load(state: unknown): void {
    const { opened, sent, wanted } = state as {
      opened: number
      sent: [number, number][]
      wanted: [number, number][]
    }
    this.opened = opened
    this.sent.clear()
    this.wanted.clear()
    for (const [user, count] of sent) this.sent.set(user, count)
    for (const [user, count] of wanted) this.wanted.set(user, count)
  }
}
