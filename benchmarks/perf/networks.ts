/**
 * How long the two families of networks take by size, in microseconds: what the constant of `auto` in
 * agents/nn/choose-networks.ts comes from. Run it with `node benchmarks/perf/networks.mjs` after a build.
 */
import {
  kernelNetworks,
  loadTfjs,
  mlp,
  type Network,
  type NetworkFactory,
  type TfjsBackend,
} from '../../agents/index.ts'

export type NetworkTiming = {
  readonly backend: string
  /** Width of the two hidden layers; 16 inputs, 8 outputs, tanh. */
  readonly hidden: number
  readonly parameters: number
  /** Microseconds: acting on one state, and forward, backward and a step of Adam on a batch. */
  readonly act: number
  readonly train64: number
  readonly train256: number
}

export type MeasureOptions = {
  readonly hidden?: readonly number[]
  readonly tfjs?: readonly TfjsBackend[]
  /** Each figure is the best of `repeats` runs of at least this many milliseconds. */
  readonly milliseconds?: number
  readonly repeats?: number
  readonly onTiming?: (timing: NetworkTiming) => void
}

export async function measureNetworks(options: MeasureOptions = {}): Promise<NetworkTiming[]> {
  const {
    hidden = [32, 64, 128, 256, 512, 1024],
    tfjs = ['wasm', 'node'],
    milliseconds = 150,
    repeats = 3,
  } = options
  const timings: NetworkTiming[] = []
  const measureAll = (networks: NetworkFactory): void => {
    for (const width of hidden) {
      const network = networks({ inputs: 16, towers: [mlp([width, width], 8)], maxBatch: 256 }, 1)
      const best = (run: () => void): number => {
        let least = Number.POSITIVE_INFINITY
        for (let i = 0; i < repeats; i++) least = Math.min(least, timePerCall(run, milliseconds))
        return 1000 * least
      }
      const timing: NetworkTiming = {
        backend: network.backend,
        hidden: width,
        parameters: network.parameterCount,
        act: best(acting(network)),
        train64: best(training(network, 64)),
        train256: best(training(network, 256)),
      }
      network.dispose()
      timings.push(timing)
      options.onTiming?.(timing)
    }
  }
  measureAll(kernelNetworks)
  // One after the other: the backend that was loaded last is the one that computes.
  for (const backend of tfjs) {
    const networks = await loadTfjs({ backend }).catch(() => undefined)
    if (networks !== undefined) measureAll(networks)
  }
  return timings
}

function acting(network: Network): () => void {
  const state = inputs(1)
  return () => void network.forward(state, 1)
}

function training(network: Network, rows: number): () => void {
  const batch = inputs(rows)
  const gradient = [new Float32Array(rows * 8).fill(0.01)]
  return () => {
    network.forward(batch, rows)
    network.backward(gradient)
    network.step({ learningRate: 1e-6, maxGradNorm: 0.5 })
  }
}

function inputs(rows: number): Float32Array {
  return Float32Array.from({ length: rows * 16 }, (_, i) => ((i * 7919) % 1000) / 500 - 1)
}

/** Milliseconds per call, the first call apart. */
function timePerCall(run: () => void, milliseconds: number): number {
  run()
  const start = performance.now()
  let calls = 0
  let elapsed = 0
  do {
    run()
    calls++
    elapsed = performance.now() - start
  } while (elapsed < milliseconds)
  return elapsed / calls
}
