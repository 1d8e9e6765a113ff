/** What a measurement is: a subject of ours beside a peer, each in a process of its own. */

/** Does a fixed amount of work and gives how much it was, e.g. requests; of a `figure`, the figure itself. */
export type Pass = () => number | Promise<number>

/** Sets up and gives the pass to repeat. Setting up is not timed. */
export type Subject = () => Pass | Promise<Pass>

export type Peer =
  /** A file of peers/, in a Python environment with these packages. */
  | {
      readonly kind: 'python'
      readonly file: string
      readonly python: PythonNeeds
      readonly args?: readonly string[]
    }
  /** Another subject of the same measurement. */
  | { readonly kind: 'subject'; readonly subject: string }

export type PythonNeeds = {
  /** Of the folder under .cache that holds the environment. */
  readonly environment: string
  readonly packages: readonly string[]
  /** Major and minor version that the packages ask for, e.g. 3.12. @default any */
  readonly version?: string | undefined
  /** Too large to install unasked: used where it is installed, installed where this flag is given. */
  readonly flag?: string | undefined
}

export type Measurement = {
  readonly name: string
  readonly unit: string
  /** `rate`: work per second; `cost`: microseconds per unit of work; `figure`: what the pass gives. */
  readonly kind: 'rate' | 'cost' | 'figure'
  /** What the processes may use: the one core that all measurements share, or all that there are. @default one */
  readonly cores?: 'one' | 'all' | undefined
  /** For how long a thread of it simulates. @default long */
  readonly work?: 'short' | 'long' | undefined
  readonly subjects: Readonly<Record<string, Subject>>
  /** Which subject is ours. @default ours */
  readonly ours?: string | undefined
  readonly peer: Peer | null
  /** What the peer is, without its version. */
  readonly peerName: string | null
}

/** What a process of a subject or a peer answers to one round. */
export type RoundAnswer = {
  /** Work per second of each pass; of a `figure`, the figures. */
  readonly rates: readonly number[]
}

export type Row = {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly peer: number | null
  readonly peerName: string | null
  /** ours / peer; null where the peer was not measured. */
  readonly ratio: number | null
}
