import { expect, test } from 'vitest'
import { chooseNetworks, KERNEL_LIMIT, kernelNetworks } from '../../agents/nn/choose-networks.ts'
import { mlp, parameterCount } from '../../agents/nn/network.ts'
import { loadTfjs } from '../../agents/nn/tfjs/load-tfjs.ts'

const small = { inputs: 4, towers: [mlp([64, 64], 2)], maxBatch: 64 }
const large = { inputs: 4, towers: [mlp([256, 256], 2)], maxBatch: 1024 }
const hasNative = await loadTfjs({ backend: 'node' }).then(
  () => true,
  () => false,
)

test('auto takes the kernel for small networks and says so, once', async () => {
  const messages: string[] = []
  const networks = await chooseNetworks('auto', { onPick: (message) => messages.push(message) })
  expect(networks(small, 1).backend).toBe('kernel')
  networks(small, 2)
  expect(messages).toEqual([
    `networks on the kernel: ${parameterCount(small)} parameters x 64 rows are at most ${KERNEL_LIMIT}`,
  ])
})

test('auto takes the native TensorFlow.js for large ones where it works, else says why not', async () => {
  expect(parameterCount(large) * large.maxBatch).toBeGreaterThan(KERNEL_LIMIT)
  const messages: string[] = []
  const networks = await chooseNetworks('auto', { onPick: (message) => messages.push(message) })
  expect(networks(large, 1).backend).toBe(hasNative ? 'tfjs-node' : 'kernel')
  expect(messages).toHaveLength(1)
  expect(messages[0]).toMatch(
    hasNative ? /backend node/ : /though .* exceed .*: no TensorFlow.js: node does not work here/,
  )
})

test('the kernel and a given TensorFlow.js backend are taken as asked', async () => {
  expect(await chooseNetworks('kernel')).toBe(kernelNetworks)
  const messages: string[] = []
  const networks = await chooseNetworks('tfjs', { tfjs: 'cpu', onPick: (message) => messages.push(message) })
  const network = networks({ inputs: 1, towers: [mlp([], 1)], maxBatch: 1 }, 1)
  expect(network.backend).toBe('tfjs-cpu')
  expect(network.forward(Float32Array.of(0), 1)[0]![0]).toBe(0)
  expect(messages).toEqual(['networks on TensorFlow.js, backend cpu'])
})
