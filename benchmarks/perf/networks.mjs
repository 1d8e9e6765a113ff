// Prints the timings of the network families as a table. Build first: node scripts/build.mjs
import { measureNetworks } from '../../dist/benchmarks/perf/networks.mjs'

console.log('backend       hidden  parameters    act us  train 64 us  train 256 us')
await measureNetworks({
  onTiming({ backend, hidden, parameters, act, train64, train256 }) {
    const figures = [
      [hidden, 6],
      [parameters, 10],
      [act, 8],
      [train64, 11],
      [train256, 12],
    ]
    const row = figures.map(([value, width]) =>
      (value < 100 ? value.toPrecision(3) : value.toFixed(0)).padStart(width),
    )
    console.log(backend.padEnd(12), row.join('  '))
  },
})
