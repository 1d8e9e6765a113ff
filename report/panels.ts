/** Which time series are drawn together, and in which unit. */
import type { Result } from '../src/results/types.ts'

export type Panel = {
  /** Of the element in the page. */
  readonly id: string
  readonly title: string
  readonly unit: 'per second' | 'requests' | 'seconds' | 'share' | 'bytes' | 'replicas' | 'sockets'
  readonly series: readonly PanelSeries[]
}

export type PanelSeries = {
  readonly name: string
  /** Name of the result's series; empty where the line is made of several. */
  readonly key: string
  /** One value per instant of the result's series. */
  readonly values: readonly (number | null)[]
}

/** Panels with nothing in them are left out. */
export function panelsOf({ series, phases, warmup }: Result): Panel[] {
  const { values, means, time } = series
  const period = time[0] ?? 1
  const rate = (name: string): readonly number[] => (values[name] ?? []).map((count) => count / period)
  const ended = values['requests.ok'] ?? []
  const gauges = (ending: RegExp): PanelSeries[] =>
    Object.keys(means)
      .filter((name) => ending.test(name))
      .map((name) => ({ name: name.replace(ending, '') || name, key: name, values: means[name]! }))
  const named = (ending: RegExp): PanelSeries[] =>
    Object.keys(means)
      .filter((name) => ending.test(name))
      .map((name) => ({ name, key: name, values: means[name]! }))
  const panels: Panel[] = [
    {
      ...{ id: 'throughput', title: 'Requests', unit: 'per second' },
      series: [
        { name: 'sent', key: '', values: rate('requests.created') },
        { name: 'ok', key: '', values: rate('requests.ok') },
        { name: 'errors', key: '', values: rate('requests.errors') },
      ],
    },
    {
      ...{ id: 'latency', title: 'Mean latency by phase', unit: 'seconds' },
      series: Object.keys(phases)
        .slice(0, 7)
        .map((phase) => ({
          name: phase,
          key: '',
          values: (values[`phases.${phase}`] ?? []).map((sum, k) =>
            // Requests of the warm-up are not measured.
            time[k]! > warmup && (ended[k] ?? 0) > 0 ? sum / ended[k]! : null,
          ),
        })),
    },
    { id: 'open', title: 'Requests without an answer yet', unit: 'requests', series: gauges(/^requests\./) },
    {
      id: 'queues',
      title: 'Waiting',
      unit: 'requests',
      series: named(/\.queue\.[a-z]+$/).filter(({ values }) => values.some((value) => value !== 0)),
    },
    {
      id: 'cpu',
      title: 'Cores at work',
      unit: 'requests',
      series: gauges(/\.cpu$/).filter(({ name }) => !name.endsWith('.queue')),
    },
    { id: 'replicas', title: 'Replicas', unit: 'replicas', series: named(/\.(ready|paid|target)$/) },
    {
      id: 'memory',
      title: 'Memory',
      unit: 'bytes',
      series: gauges(/\.memory$/).filter(({ name }) => !name.endsWith('.queue')),
    },
    {
      id: 'sockets',
      title: 'Sockets and connections',
      unit: 'sockets',
      series: named(/\.(sockets|connections)$/),
    },
  ]
  return panels.filter(
    ({ series: lines }) => lines.length > 0 && lines.some(({ values: line }) => line.length > 0),
  )
}
