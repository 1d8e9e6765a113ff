/** Two servers behind a balancer in AsyncFlow's format. */
import { formatProblem, type Problem } from '../../../../src/errors.ts'
import { loadScenario, type Scenario } from '../../../../src/scenario/index.ts'
import { caught } from '../support.ts'

export const FLOW = `rqs_input:
  id: gen
  avg_active_users: { mean: 50 }
  avg_request_per_minute_per_user: { mean: 30 }
topology_graph:
  nodes:
    client: { id: cli }
    load_balancer: { id: lb, algorithms: round_robin, server_covered: [s-1, s-2] }
    servers:
      - id: s-1
        server_resources: { cpu_cores: 2, ram_mb: 1024 }
        endpoints:
          - endpoint_name: /Home
            steps:
              - { kind: initial_parsing, step_operation: { cpu_time: 0.002 } }
              - { kind: ram, step_operation: { necessary_ram: 64 } }
              - { kind: io_db, step_operation: { io_waiting_time: 0.01 } }
      - id: s-2
        server_resources: {}
        endpoints:
          - { endpoint_name: /b, steps: [] }
  edges:
    - { id: e-1, source: gen, target: cli, latency: { mean: 0.003, distribution: exponential } }
    - { id: e-2, source: cli, target: lb, latency: { mean: 0.002, distribution: exponential } }
    - { id: e-3, source: lb, target: s-1, latency: { mean: 0.002, distribution: exponential } }
    - { id: e-4, source: lb, target: s-2, latency: { mean: 0.002, distribution: exponential } }
    - { id: e-5, source: s-1, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }
    - { id: e-6, source: s-2, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }
sim_settings: { total_simulation_time: 60, sample_period_s: 0.05 }
events:
  - event_id: v-1
    target_id: e-2
    start: { kind: network_spike_start, t_start: 10, spike_s: 0.5 }
    end: { kind: network_spike_end, t_end: 20 }
  - event_id: v-2
    target_id: s-1
    start: { kind: server_down, t_start: 30 }
    end: { kind: server_up, t_end: 40 }
`

/** A server and nothing before it. */
export const SINGLE = `rqs_input: { id: gen, avg_active_users: { mean: 50 }, avg_request_per_minute_per_user: { mean: 30 } }
topology_graph:
  nodes:
    client: { id: cli }
    servers:
      - { id: srv, server_resources: {}, endpoints: [{ endpoint_name: a, steps: [] }] }
  edges:
    - { id: e-1, source: gen, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }
    - { id: e-2, source: cli, target: srv, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }
    - { id: e-3, source: srv, target: cli, latency: { mean: 0.003, distribution: exponential }, dropout_rate: 0 }
sim_settings: {}
`

export function loadFlow(text: string): { scenario: Scenario; warnings: Problem[] } {
  const warnings: Problem[] = []
  const scenario = loadScenario(text, { file: 'flow.yml', warn: (problem) => warnings.push(problem) })
  return { scenario, warnings }
}

export function refusalsOf(text: string): string[] {
  return caught(() => loadFlow(text)).map(formatProblem)
}
