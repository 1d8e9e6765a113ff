/** What a server does about more requests than it can take, after loading. */

/** Requests in flight at a time; times in seconds. */
export type ConcurrencyLimitSpec =
  | { readonly kind: 'fixed'; readonly limit: number }
  | {
      readonly kind: 'aimd'
      readonly initial: number
      readonly min: number
      readonly max: number
      readonly backoff: number
      readonly timeout: number
    }
  | { readonly kind: 'vegas'; readonly initial: number; readonly max: number }
  | {
      readonly kind: 'gradient'
      readonly initial: number
      readonly min: number
      readonly max: number
      readonly queue: number
      readonly smoothing: number
      readonly tolerance: number
      readonly window: number
    }

/** Requests above the limit may wait, `maxQueue` of them and each `maxWait` seconds. */
export type ConcurrencySpec = {
  readonly limit: ConcurrencyLimitSpec
  readonly maxQueue: number
  readonly maxWait: number
}

/** Per second; `perClass`: each class has its own. */
export type RateLimitSpec = { readonly perClass: boolean } & (
  | { readonly kind: 'token'; readonly rate: number; readonly burst: number }
  | { readonly kind: 'leaky'; readonly rate: number; readonly capacity: number }
)

export type DelaySpec = {
  readonly kind: 'codel' | 'controlledDelay'
  readonly target: number
  readonly interval: number
}

/** A limit of their own for some endpoints, or for some classes by the names that results have. */
export type BulkheadSpec = ConcurrencySpec & {
  readonly name: string
  readonly endpoints?: readonly string[] | undefined
  readonly classes?: readonly string[] | undefined
}

/** DAGOR (Zhou et al. 2018): admission by level of priority. */
export type DagorSpec = {
  /** Seconds: there is overload while the mean wait of a window is longer. */
  readonly queueTime: number
  /** A window ends after so many seconds, or so many requests. */
  readonly window: number
  readonly requests: number
  /** Shares by which less, or more, is admitted in the next window. */
  readonly decrease: number
  readonly increase: number
  /** Whether callers learn the level and refuse on behalf of the server. */
  readonly share: boolean
}

export type CoreOrder = 'fifo' | 'lifo' | 'adaptive-lifo' | 'priority'

export type Overload = {
  /** Legs that may wait for a core, at a balancer for a backend; Infinity: any number. */
  readonly queueLimit: number
  readonly concurrencyLimit?: ConcurrencySpec | undefined
  readonly bulkheads?: readonly BulkheadSpec[] | undefined
  readonly rateLimit?: RateLimitSpec | undefined
  /** Legs that nobody waits for any more are answered `deadline` at arrival and where they leave a queue. */
  readonly shedExpired: boolean
  readonly shedDelay?: DelaySpec | undefined
  readonly dagor?: DagorSpec | undefined
  readonly queue: CoreOrder
  /** Whether limits and states of shedding hold for each replica or for all of them together. */
  readonly scope: 'replica' | 'service'
}

/** When a service notices that nobody waits for a leg any more, and stops working for it. */
export type Cancel = 'never' | 'dequeue' | 'immediate'
