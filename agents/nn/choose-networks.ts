/** From what a person asked for to the networks that compute: the kernel, TensorFlow.js, or the faster by size. */
import { KernelNetwork } from './kernel/kernel-network.ts'
import { type NetworkFactory, parameterCount } from './network.ts'
import { loadTfjs, type TfjsBackend } from './tfjs/load-tfjs.ts'

export type NetworkBackend = 'kernel' | 'tfjs' | 'auto'

export type ChooseNetworksOptions = {
  /** Of TensorFlow.js. @default 'auto' */
  readonly tfjs?: TfjsBackend
  /** Told what was picked, once per choice. */
  readonly onPick?: (message: string) => void
}

/** The default: bit for bit the same results on every machine. */
export const kernelNetworks: NetworkFactory = (spec, seed) => new KernelNetwork(spec, seed)

/**
 * `auto` is the kernel up to AUTO_LIMIT parameters and TensorFlow.js above, where that has a native or WebAssembly
 * backend. Throws SimError when TensorFlow.js is asked for and does not work here.
 */
export async function chooseNetworks(
  backend: NetworkBackend,
  options: ChooseNetworksOptions = {},
): Promise<NetworkFactory> {
  if (backend === 'kernel') return kernelNetworks
  return loadTfjs({ ...options })
}
void parameterCount
