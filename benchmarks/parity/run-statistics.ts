/** The statistics of one run, under the names and by the definitions of AsyncFlow's analyzer. */
import { mean, momentsOf, quantile } from '../../src/analysis/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { Simulation } from '../../src/simulation/index.ts'
import { sampledGauges } from './gauges.ts'

/**
 * Latencies are those of completed requests of the whole run (`lat_std` with divisor n, quantiles by linear
 * interpolation); the throughput series counts completions in windows of 1 s, (k - 1, k]; series of gauges are
 * averaged over the samples.
 */
export function runStatistics(scenario: Scenario, seed: number): Record<string, number> {
  const latencies: number[] = []
  const perSecond = new Float64Array(Math.floor(scenario.horizon))
  let lastStart = 0
  const simulation = new Simulation(scenario, {
    seed,
    series: false,
    onRequest: ({ start, end, outcome }) => {
      lastStart = Math.max(lastStart, start)
      if (outcome !== 'ok') return
      latencies.push(end - start)
      const window = Math.max(0, Math.ceil(end) - 1)
      if (window < perSecond.length) perSecond[window]!++
    },
  })
  const gauges = sampledGauges(simulation.world)
  const series = gauges.map(() => ({ sum: 0, max: 0 }))
  let samples = 0
  for (let time = scenario.samplePeriod; time < scenario.horizon; time += scenario.samplePeriod) {
    simulation.until(time)
    samples++
    gauges.forEach(({ read }, i) => {
      const value = read()
      const { sum, max } = series[i]!
      series[i] = { sum: sum + value, max: Math.max(max, value) }
    })
  }
  simulation.run()
  const generated = simulation.world.requests.createdTotal
  const moments = momentsOf(latencies)
  const statistics: Record<string, number> = {
    simulated_s: simulation.now,
    generated,
    completed: latencies.length,
    completed_fraction: latencies.length / generated,
    lat_mean: moments.mean,
    lat_p50: quantile(latencies, 0.5),
    lat_p95: quantile(latencies, 0.95),
    lat_p99: quantile(latencies, 0.99),
    lat_std: Math.sqrt(moments.populationVariance),
    lat_min: latencies.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    lat_max: latencies.reduce((most, value) => Math.max(most, value), 0),
    last_arrival_start: lastStart,
    throughput_mean: mean(perSecond),
    throughput_p95: quantile(perSecond, 0.95),
    throughput_max: Math.max(...perSecond),
    throughput_n: perSecond.length,
  }
  gauges.forEach(({ metric, component }, i) => {
    statistics[`${metric}.${component}.mean`] = series[i]!.sum / samples
    statistics[`${metric}.${component}.max`] = series[i]!.max
    statistics[`${metric}.${component}.n`] = samples
  })
  return statistics
}
