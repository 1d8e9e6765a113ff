/**
 * Whether memory stays where it is in a long run: `node dist/benchmarks/studies/constant-memory.mjs`. Runs ten million
 * requests (`--requests n`) through a balancer and four replicas, and tells the memory in use after each of 40 parts of
 * it: as text, or as `--json`. Exit code 1 when the last quarter of the run took more than the second by over 2 MiB of
 * live memory: `heapUsed` and `arrayBuffers`, after a full collection where node runs under --expose-gc.
 */
import { parseArgs } from 'node:util'
import { mean } from '../../src/analysis/mean.ts'
import { loadScenario, Simulation } from '../../src/index.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '10000000' }, json: { type: 'boolean', default: false } },
})

const PARTS = 40
const RATE = 320
const LIMIT = 2 * 1024 * 1024
const requests = Number(values.requests)
const horizon = requests / RATE

const scenario = loadScenario(`
name: Constant memory
horizon: ${horizon}
workloads:
  clients: { to: edge, arrivals: { poisson: { rate: ${RATE} } } }
balancers:
  edge: { policy: least-request, to: web }
services:
  web: { replicas: 4, endpoints: { serve: [{ cpu: { lognormal: { mean: 10ms, cv: 1 } } }, { io: 5ms }] } }
`)

type Point = {
  readonly requests: number
  readonly seconds: number
  readonly rss: number
  readonly heapUsed: number
  readonly arrayBuffers: number
}

const simulation = new Simulation(scenario, { seed: 0 })
const collect = (globalThis as { gc?: () => void }).gc
const started = performance.now()
const curve: Point[] = []
for (let part = 1; part <= PARTS; part++) {
  simulation.until((horizon * part) / PARTS)
  const seconds = (performance.now() - started) / 1000
  collect?.()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  curve.push({ requests: Math.round((requests * part) / PARTS), seconds, rss, heapUsed, arrayBuffers })
}
const created = simulation.result().requests.created
// Compared from the second quarter on: before that, code is compiled and tables find their size.
const live = curve.map((point) => point.heapUsed + point.arrayBuffers)
const quarter = PARTS / 4
const growth = mean(live.slice(-quarter)) - mean(live.slice(quarter, 2 * quarter))
const constant = growth < LIMIT

if (values.json) {
  console.log(JSON.stringify({ created, collected: collect !== undefined, growth, constant, curve }, null, 2))
} else {
  const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1).padStart(8)
  console.log('  requests   seconds  RSS MiB heap MiB  buffers')
  for (const point of curve) {
    const { rss, heapUsed, arrayBuffers } = point
    const head = `${String(point.requests).padStart(10)} ${point.seconds.toFixed(2).padStart(9)}`
    console.log(`${head} ${mib(rss)} ${mib(heapUsed)} ${mib(arrayBuffers)}`)
  }
  console.log(
    `${created} requests; live memory grew by ${(growth / 1024).toFixed(1)} KiB from the second to the last quarter.`,
  )
}
process.exitCode = constant ? 0 : 1
