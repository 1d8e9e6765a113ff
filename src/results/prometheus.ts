/**
 * A finished run in Prometheus' text exposition format 0.0.4
 * (prometheus.io/docs/instrumenting/exposition_formats): one scrape as of the end of the run, for node_exporter's
 * textfile collector, a push gateway or promtool. Names carry base units (seconds, bytes, ratios from 0 to 1),
 * counters end in `_total`, and no line has a timestamp, since simulated time is not the collector's.
 */
import type { ComponentResult, GaugeSummary, LatencySummary, Result, SocketResult } from './types.ts'

type Labels = Readonly<Record<string, string | number>>
type Sample = { readonly suffix: string; readonly labels: Labels; readonly value: number }
type Type = 'counter' | 'gauge' | 'summary'

/** Keeps the lines of one metric together, as the format demands, however they come. */
class Exposition {
  private readonly families = new Map<string, { type: Type; help: string; samples: Sample[] }>()

  add(type: Type, name: string, help: string, labels: Labels, value: number | null, suffix = ''): void {
    if (value === null) return
    const family = this.families.get(name) ?? { type, help, samples: [] }
    family.samples.push({ suffix, labels, value })
    this.families.set(name, family)
  }

  toString(): string {
    let text = ''
    for (const [name, { type, help, samples }] of this.families) {
      text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`
      for (const { suffix, labels, value } of samples) {
        text += `${name}${suffix}${formatLabels(labels)} ${formatValue(value)}\n`
      }
    }
    return text
  }
}

/** All metrics begin with `asyncflow_`. Durations are summaries: the quantiles of the result, `_sum` and `_count`. */
export function toPrometheus(result: Result): string {
  const out = new Exposition()
  addRun(out, result)
  addRequests(out, result)
  for (const [component, item] of Object.entries(result.components)) addComponent(out, component, item)
  for (const { text, value, bound, met } of result.slo) {
    const labels = { objective: text }
    out.add('gauge', 'asyncflow_slo_met', '1 where the objective was met, else 0.', labels, met ? 1 : 0)
    out.add('gauge', 'asyncflow_slo_value', 'Measured figure of the objective.', labels, value)
    out.add('gauge', 'asyncflow_slo_bound', 'Bound of the objective.', labels, bound)
  }
  return out.toString()
}

function addRun(out: Exposition, { scenario, version, seed, horizon, warmup, throughput }: Result): void {
  const labels = { scenario: scenario.name, hash: scenario.hash, version, seed }
  out.add('gauge', 'asyncflow_run_info', 'What was simulated; always 1.', labels, 1)
  out.add('gauge', 'asyncflow_horizon_seconds', 'Simulated time.', {}, horizon)
  out.add('gauge', 'asyncflow_warmup_seconds', 'Start of the measured window.', {}, warmup)
  out.add(
    'gauge',
    'asyncflow_throughput_per_second',
    'Requests answered ok per second of the window.',
    {},
    throughput,
  )
}

function addRequests(out: Exposition, { requests, breakdown, latency }: Result): void {
  for (const [name, { created, inFlight, retries, outcomes }] of Object.entries(requests.byClass)) {
    const labels = { class: name }
    out.add('counter', 'asyncflow_requests_created_total', 'Requests sent.', labels, created)
    out.add('gauge', 'asyncflow_requests_in_flight', 'Requests without answer at the end.', labels, inFlight)
    out.add(
      'counter',
      'asyncflow_request_retries_total',
      'Attempts after the first of any call made for the class.',
      labels,
      retries ?? null,
    )
    for (const [outcome, count] of Object.entries(outcomes)) {
      out.add(
        'counter',
        'asyncflow_requests_total',
        'Requests that ended, by outcome.',
        { ...labels, outcome },
        count,
      )
    }
  }
  for (const [name, item] of Object.entries(requests.byClass)) addLatency(out, { class: name }, item.latency)
  for (const { phase, component, mean } of breakdown) {
    out.add(
      'counter',
      'asyncflow_request_phase_seconds_total',
      'Time of the measured requests by phase and component; the sum is that of the durations.',
      { phase, component },
      mean * latency.count,
    )
  }
}

function addLatency(out: Exposition, labels: Labels, latency: LatencySummary): void {
  const name = 'asyncflow_request_duration_seconds'
  const help = 'From sending to the answer, of requests sent after the warm-up that ended ok.'
  const quantiles = { 0.5: 'p50', 0.9: 'p90', 0.95: 'p95', 0.99: 'p99', 0.999: 'p999' } as const
  for (const [quantile, field] of Object.entries(quantiles)) {
    out.add('summary', name, help, { ...labels, quantile }, latency[field])
  }
  out.add('summary', name, help, labels, latency.mean === null ? 0 : latency.mean * latency.count, '_sum')
  out.add('summary', name, help, labels, latency.count, '_count')
}

function addComponent(out: Exposition, component: string, item: ComponentResult): void {
  const labels = { component, kind: item.kind }
  const counter = (name: string, help: string, value: number | null | undefined, more: Labels = {}): void =>
    out.add('counter', `asyncflow_component_${name}_total`, help, { ...labels, ...more }, value ?? null)
  const gauge = (name: string, help: string, value: number | null | undefined, more: Labels = {}): void =>
    out.add('gauge', `asyncflow_component_${name}`, help, { ...labels, ...more }, value ?? null)
  const level = (name: string, help: string, summary: GaugeSummary | undefined, more: Labels = {}): void => {
    if (summary === undefined) return
    gauge(`${name}_mean`, `${help}, time average.`, summary.mean, more)
    gauge(`${name}_max`, `${help}, largest.`, summary.max, more)
  }

  if ('utilization' in item) {
    for (const [resource, share] of Object.entries(item.utilization)) {
      gauge('utilization_ratio', 'Share of the resource in use, time average.', share, { resource })
    }
  }
  if ('queue' in item && item.queue !== undefined) {
    for (const [queue, summary] of Object.entries(item.queue))
      level('queue_length', 'Waiting', summary, { queue })
  }
  if ('wait' in item) {
    for (const [queue, seconds] of Object.entries(item.wait))
      gauge('wait_seconds_mean', 'Mean wait.', seconds, { queue })
  }
  if ('memory' in item && item.memory !== undefined) {
    gauge('memory_bytes_mean', 'Memory in use, time average.', item.memory.mean)
    gauge('memory_bytes_peak', 'Memory in use, largest.', item.memory.peak)
  }
  if ('sockets' in item && item.sockets !== undefined) addSockets(item.sockets, counter, gauge)

  switch (item.kind) {
    case 'workload':
      counter('sent', 'Requests or messages sent.', item.created)
      break
    case 'link':
      counter('sent', 'Requests or messages sent.', item.sent)
      counter('lost', 'Messages lost.', item.lost)
      level('in_transit', 'Messages under way', item.inTransit)
      break
    case 'balancer':
      counter('decisions', 'Decisions of the balancer.', item.decisions)
      counter('probes', 'Probes sent.', item.probes)
      counter('ejections', 'Ejections of hosts.', item.ejections)
      counter('panics', 'Times that panic began.', item.panics)
      level('in_flight', 'Requests passed on and not answered', item.inFlight)
      level('unroutable', 'Requests that wait for a backend', item.unroutable)
      break
    case 'database':
      counter('arrivals', 'Requests that came.', item.arrivals)
      counter('transactions', 'Transactions begun.', item.transactions)
      counter('pool_timeouts', 'Queries that gave up waiting for a connection.', item.poolTimeouts)
      counter('failures', 'Queries failed by events.', item.failures)
      level('connections', 'Connections held', item.connections)
      level('open_connections', 'Connections open, held or not', item.open)
      level('running', 'Queries at work', item.running)
      break
    case 'cache':
      counter('hits', 'Requests whose value was there.', item.hits)
      counter('misses', 'Requests whose value was not there.', item.misses)
      counter('coalesced', 'Misses that waited for the value that another one fetched.', item.coalesced)
      counter('evictions', 'Entries that went to make room.', item.evictions)
      counter('expired', 'Entries found past their time.', item.expired)
      gauge('hit_ratio', 'Hits per request in the measured window.', item.hitRatio)
      level('entries', 'Entries', item.size)
      break
    case 'service':
      counter('arrivals', 'Requests that came.', item.arrivals)
      for (const [reason, count] of Object.entries(item.overload?.refused ?? {})) {
        counter('refused', 'Requests not done, by reason.', count, { reason })
      }
      level('load', 'Requests at the component', item.load)
      level('io', 'Requests in input and output', item.io)
      level('ready_replicas', 'Replicas that take requests', item.ready)
      level('concurrency_limit', 'Limit of concurrency', item.overload?.limit)
      gauge('residence_seconds_mean', 'Mean time from arrival to answer.', item.residence)
      counter('cost', 'Replica-hours paid times the cost of one.', item.cost)
      for (const { slot, utilization, arrivals, load } of item.replicas) {
        const replica = { replica: slot }
        counter('replica_arrivals', 'Requests that came to the replica.', arrivals, replica)
        gauge('replica_cpu_utilization_ratio', "Busy share of the replica's cores.", utilization, replica)
        level('replica_load', 'Requests at the replica', load, replica)
      }
      break
  }
}

type Add = (name: string, help: string, value: number | null) => void

function addSockets(sockets: SocketResult, counter: Add, gauge: Add): void {
  gauge('sockets_mean', 'Sockets in use, time average.', sockets.mean)
  gauge('sockets_peak', 'Sockets in use, largest.', sockets.peak)
  gauge('sockets_limit', 'Sockets of one instance; absent where unlimited.', sockets.max)
  gauge('ephemeral_ports_mean', 'Ephemeral ports in use, time average.', sockets.ports.mean)
  gauge('ephemeral_ports_peak', 'Ephemeral ports in use, largest.', sockets.ports.peak)
  counter('connections_opened', 'Connections set up.', sockets.opened)
  counter('connections_reused', 'Requests that found a kept connection.', sockets.reused)
  counter('connections_refused', 'Connections refused for a full backlog.', sockets.refused)
  counter('connections_dropped', 'SYNs ignored for a full backlog.', sockets.dropped)
  counter('sockets_exhausted', 'Connections for which there was no socket or memory.', sockets.exhausted)
  counter('ports_exhausted', 'Connections for which there was no port.', sockets.noPort)
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
