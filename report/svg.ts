/** The charts of a report as SVG files, for papers and for places where no script runs. */
import type { Result } from '../src/results/types.ts'
import { ecdf, tail } from './charts/ecdf.ts'
import { heatMap } from './charts/heat-map.ts'
import { waterfall } from './charts/phases.ts'
import { timeSeries } from './charts/time-series.ts'
import { topology } from './charts/topology.ts'
import { panelsOf } from './panels.ts'

/** SVG texts by name: `topology`, `ecdf`, `tail`, `phases`, `load`, and one per panel of time series. */
export function renderCharts(result: Result): Record<string, string> {
  const charts: Record<string, string> = { topology: topology(result) }
  if (result.latency.count > 0) {
    charts.ecdf = ecdf(result)
    charts.tail = tail(result)
    charts.phases = waterfall(result.breakdown, 'Mean latency by phase and component')
  }
  const load = heatMap(result)
  if (load !== null) charts.load = load
  for (const panel of panelsOf(result)) charts[panel.id] = timeSeries(panel, result)
  return charts
}
