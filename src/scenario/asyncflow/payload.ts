/** AsyncFlow's scenario as read: each value checked by itself, references not yet. `path` leads to its place. */
import type { Path } from '../path.ts'
import type { Distribution } from '../types.ts'

export type Generator = { readonly id: string; readonly path: Path } & (
  | {
      readonly form: 'rqs_input'
      readonly users: Distribution
      readonly perMinute: number
      readonly window: number
    }
  | {
      readonly form: 'arrivals'
      readonly model: 'poisson' | 'deterministic' | 'gamma'
      readonly rate: number
      readonly cv: number
    }
)

export type FlowStep =
  | { readonly kind: 'cpu' | 'io'; readonly time: Distribution }
  | { readonly kind: 'ram'; readonly megabytes: number }

export type FlowEndpoint = { readonly name: string; readonly steps: readonly FlowStep[]; readonly path: Path }

export type Server = {
  readonly id: string
  readonly cores: number
  /** MB left for requests. */
  readonly ram: number
  readonly endpoints: readonly FlowEndpoint[]
  readonly path: Path
}

export type FlowBalancer = {
  readonly id: string
  readonly algorithm: 'round_robin' | 'least_connection' | 'random'
  readonly covered: readonly string[]
  readonly path: Path
}

export type FlowEdge = {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly latency: Distribution
  readonly dropout: number
  readonly path: Path
}

export type FlowEvent = {
  readonly id: string
  readonly target: string
  readonly start: number
  readonly end: number
  readonly path: Path
} & ({ readonly kind: 'outage' } | { readonly kind: 'spike'; readonly add: number })

export type Payload = {
  readonly generator: Generator
  readonly client: { readonly id: string; readonly path: Path }
  readonly balancer: FlowBalancer | undefined
  readonly servers: readonly Server[]
  readonly edges: readonly FlowEdge[]
  readonly horizon: number
  readonly samplePeriod: number
  readonly events: readonly FlowEvent[]
}
