/**
 * Bytes of memory that one request in flight takes: the growth of heap and buffers between a run in its first
 * moments and the same with a million requests on their way, over their number. Tables grow by doubling, and a
 * million is just under a power of two: the figure is what a row takes, while a table that has just grown takes twice.
 */
import { loadScenario, Simulation } from '../../src/index.ts'
import type { Measurement } from './measurement.ts'

const SCENARIO = `
name: In flight
horizon: 100
workloads:
  clients: { to: web, arrivals: { deterministic: { rate: 10000 } } }
services:
  web: { endpoints: { wait: [{ io: 1000 }] } }
`

export const stateMemory: Measurement = {
  name: 'state-memory',
  unit: 'bytes/request in flight',
  kind: 'figure',
  subjects: {
    ours: () => {
      const scenario = loadScenario(SCENARIO)
      return () => {
        const simulation = new Simulation(scenario, { series: false })
        simulation.until(0.1)
        const before = bytesInUse()
        simulation.until(99.9)
        const grown = bytesInUse() - before
        return grown / (simulation.result().requests.inFlight - 1000)
      }
    },
  },
  peer: null,
  peerName: null,
}

function bytesInUse(): number {
  const { gc } = globalThis as { gc?: () => void }
  if (gc === undefined) throw new Error('memory is measured under --expose-gc')
  gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
