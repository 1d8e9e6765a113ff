/** `sim_settings` and `events`. */
import type { Path } from '../path.ts'
import type { Notes } from './notes.ts'
import type { FlowEvent, Payload } from './payload.ts'
import type { Reader } from './reader.ts'

const SERIES = ['ready_queue_len', 'event_loop_io_sleep', 'ram_in_use', 'edge_concurrent_connection'] as const

export function readSettings(
  reader: Reader,
  value: unknown,
  later: boolean,
  notes: Notes,
): Pick<Payload, 'horizon' | 'samplePeriod'> | undefined {
  const path = ['sim_settings']
  const fields = reader.fields(value, path, 'the settings', [
    'total_simulation_time',
    'sample_period_s',
    'enabled_sample_metrics',
    'enabled_event_metrics',
  ])
  if (fields === undefined) return undefined
  const horizon =
    fields.total_simulation_time === undefined
      ? 3600
      : reader.integer(fields.total_simulation_time, [...path, 'total_simulation_time'], { min: 5 })
  const samplePeriod =
    fields.sample_period_s === undefined
      ? 0.01
      : reader.number(fields.sample_period_s, [...path, 'sample_period_s'], {
          min: 0.001,
          max: later ? 0.5 : 0.1,
        })
  const series = readSet(reader, fields.enabled_sample_metrics, [...path, 'enabled_sample_metrics'], SERIES)
  if (series !== undefined && SERIES.some((name) => !series.includes(name)))
    notes.add([...path, 'enabled_sample_metrics'], 'all series are collected, not only the enabled ones')
  const requests = readSet(
    reader,
    fields.enabled_event_metrics,
    [...path, 'enabled_event_metrics'],
    ['rqs_clock', 'llm_cost'],
  )
  if (requests?.includes('llm_cost'))
    notes.add([...path, 'enabled_event_metrics'], '"llm_cost" is not computed, as in AsyncFlow')
  notes.add(
    path,
    "samples are labelled with the instant at which they are taken; AsyncFlow's labels are one period early",
  )
  return horizon === undefined || samplePeriod === undefined ? undefined : { horizon, samplePeriod }
}

function readSet<const T extends string>(
  reader: Reader,
  value: unknown,
  path: Path,
  options: readonly T[],
): T[] | undefined {
  if (value === undefined) return undefined
  return reader
    .list(value, path, 'metrics')
    ?.flatMap((item, i) => reader.choice(item, [...path, i], options) ?? [])
}

export function readEvents(reader: Reader, value: unknown): FlowEvent[] {
  if (value === undefined || value === null) return []
  return (
    reader
      .list(value, ['events'], 'events')
      ?.flatMap((item, i) => readEvent(reader, item, ['events', i]) ?? []) ?? []
  )
}

function readEvent(reader: Reader, value: unknown, path: Path): FlowEvent | undefined {
  const fields = reader.fields(value, path, 'an event', ['event_id', 'target_id', 'start', 'end'])
  if (fields === undefined) return undefined
  const id = reader.text(fields.event_id, [...path, 'event_id'])
  const target = reader.text(fields.target_id, [...path, 'target_id'])
  const start = reader.fields(
    fields.start,
    [...path, 'start'],
    'the start',
    ['kind', 't_start', 'spike_s'],
    true,
  )
  const end = reader.fields(fields.end, [...path, 'end'], 'the end', ['kind', 't_end'], true)
  if (start === undefined || end === undefined) return undefined
  const kind = reader.choice(start.kind, [...path, 'start', 'kind'], ['server_down', 'network_spike_start'])
  const endKind = reader.choice(end.kind, [...path, 'end', 'kind'], ['server_up', 'network_spike_end'])
  const from = reader.number(start.t_start, [...path, 'start', 't_start'], { min: 0 })
  const until = reader.number(end.t_end, [...path, 'end', 't_end'], { above: 0 })
  const given = start.spike_s !== undefined && start.spike_s !== null
  const spike = given ? reader.number(start.spike_s, [...path, 'start', 'spike_s'], { above: 0 }) : undefined
  if (kind === undefined || endKind === undefined) return undefined
  const pair = kind === 'server_down' ? 'server_up' : 'network_spike_end'
  if (endKind !== pair)
    reader.reject(
      [...path, 'end', 'kind'],
      `an event that starts with ${kind} ends with ${pair}, got ${endKind}`,
      `Write ${pair}.`,
    )
  if (kind === 'server_down' && given)
    reader.reject([...path, 'start', 'spike_s'], 'an outage has no "spike_s"', 'Remove it.')
  if (kind === 'network_spike_start' && !given)
    reader.reject(
      [...path, 'start', 'spike_s'],
      'missing field "spike_s"',
      'Give the added latency in seconds.',
    )
  if (from === undefined || until === undefined || id === undefined || target === undefined) return undefined
  if (from >= until)
    return reader.reject(
      [...path, 'end', 't_end'],
      `the event "${id}" ends at ${until}, not after its start at ${from}`,
      'End it later.',
    )
  const common = { id, target, start: from, end: until, path }
  if (kind === 'server_down') return { ...common, kind: 'outage' }
  return spike === undefined ? undefined : { ...common, kind: 'spike', add: spike }
}
