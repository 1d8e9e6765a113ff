/** From what a person asked for to the networks that compute: the kernel, TensorFlow.js, or the faster by size. */
import { KernelNetwork } from './kernel/kernel-network.ts'
import { type NetworkFactory, type NetworkSpec, parameterCount } from './network.ts'
import { loadTfjs, type TfjsBackend } from './tfjs/load-tfjs.ts'

export type NetworkBackend = 'kernel' | 'tfjs' | 'auto'

export type ChooseNetworksOptions = {
  /** Of TensorFlow.js, where `tfjs` was asked for. @default 'auto' */
  readonly tfjs?: TfjsBackend
  /** Told what was picked, and why; once per pick. */
  readonly onPick?: (message: string) => void
}

/** The default: bit for bit the same results on every machine. */
export const kernelNetworks: NetworkFactory = (spec, seed) => new KernelNetwork(spec, seed)

/**
 * Up to this many parameters x rows of the largest batch a training step is faster on the kernel than on
 * @tensorflow/tfjs-node. Measured with benchmarks/perf/networks.mjs on two cores of an AMD EPYC (AVX2): two hidden
 * layers of 512, batch 64 (18 million): 4.0 against 8.2 ms; of 512, batch 256 (71 million): 15.2 against 9.6 ms;
 * of 1024, batch 64 (69 million): 20.2 against 12.0 ms. TensorFlow.js on WebAssembly was slower at every size.
 */
export const KERNEL_LIMIT: number = 40_000_000

/**
 * `auto` is the kernel, except above KERNEL_LIMIT where @tensorflow/tfjs-node works. Its results then depend on the
 * machine. Throws SimError when `tfjs` is asked for and no TensorFlow.js works here.
 */
export async function chooseNetworks(
  backend: NetworkBackend,
  options: ChooseNetworksOptions = {},
): Promise<NetworkFactory> {
  const { tfjs = 'auto', onPick = () => {} } = options
  if (backend === 'kernel') return kernelNetworks
  if (backend === 'tfjs') return loadTfjs({ backend: tfjs, onPick })
  let reason = ''
  const native = await loadTfjs({ backend: 'node' }).catch((error: Error) => {
    reason = error.message
    return undefined
  })
  const said = new Set<string>()
  return (spec, seed) => {
    const small = isSmall(spec)
    const size = `${parameterCount(spec)} parameters x ${spec.maxBatch} rows`
    const message = small
      ? `networks on the kernel: ${size} are at most ${KERNEL_LIMIT}`
      : native === undefined
        ? `networks on the kernel, though ${size} exceed ${KERNEL_LIMIT}: ${reason}`
        : `networks on TensorFlow.js, backend node: ${size} exceed ${KERNEL_LIMIT}`
    if (!said.has(message)) onPick(message)
    said.add(message)
    return small || native === undefined ? kernelNetworks(spec, seed) : native(spec, seed)
  }
}

function isSmall(spec: NetworkSpec): boolean {
  return parameterCount(spec) * spec.maxBatch <= KERNEL_LIMIT
}
