/** A training step (forward, backward, Adam) of a 64-64 tanh network on 64 rows: our kernel against TensorFlow.js. */
import { kernelNetworks, loadTfjs, mlp, type NetworkFactory } from '../../agents/index.ts'
import type { Measurement, Pass } from './measurement.ts'

const INPUTS = 16
const OUTPUTS = 8
const ROWS = 64
const STEPS = 200

function training(networks: NetworkFactory): Pass {
  const network = networks({ inputs: INPUTS, towers: [mlp([64, 64], OUTPUTS)], maxBatch: ROWS }, 1)
  const batch = Float32Array.from({ length: ROWS * INPUTS }, (_, i) => ((i * 7919) % 1000) / 500 - 1)
  const gradient = [new Float32Array(ROWS * OUTPUTS).fill(0.01)]
  return () => {
    for (let i = 0; i < STEPS; i++) {
      network.forward(batch, ROWS)
      network.backward(gradient)
      network.step({ learningRate: 1e-6, maxGradNorm: 0.5 })
    }
    return STEPS
  }
}

export const networkStep: Measurement = {
  name: 'network-step',
  unit: 'training steps/s',
  kind: 'rate',
  subjects: {
    ours: () => training(kernelNetworks),
    tfjs: async () => training(await loadTfjs({ backend: 'wasm' })),
  },
  peer: { kind: 'subject', subject: 'tfjs' },
  peerName: 'TensorFlow.js wasm',
}
