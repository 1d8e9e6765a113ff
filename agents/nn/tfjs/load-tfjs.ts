/** Finds a TensorFlow.js that works here: the native binding where it loads, else WebAssembly, else plain JavaScript. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { SimError } from '../../../src/errors.ts'
import type { NetworkFactory } from '../network.ts'
import { TfjsNetwork } from './tfjs-network.ts'

export type Tfjs = typeof import('@tensorflow/tfjs-core')

/** `node` is @tensorflow/tfjs-node, which has to be installed apart; `auto` takes the first that works. */
export type TfjsBackend = 'auto' | 'node' | 'wasm' | 'cpu'

export type LoadTfjsOptions = {
  /** @default 'auto' */
  readonly backend?: TfjsBackend
  /** Told once which backend was picked, and why not an earlier one. */
  readonly onPick?: (message: string) => void
}

/** Networks on TensorFlow.js. Throws SimError when the backend asked for does not work here. */
export async function loadTfjs(options: LoadTfjsOptions = {}): Promise<NetworkFactory> {
  const { backend = 'auto', onPick } = options
  const failures: string[] = []
  for (const candidate of backend === 'auto' ? (['node', 'wasm', 'cpu'] as const) : [backend]) {
    try {
      const tf = await LOADERS[candidate]()
      check(tf)
      registerGradients(tf)
      onPick?.([`networks on TensorFlow.js, backend ${candidate}`, ...failures].join('; '))
      return (spec, seed) => new TfjsNetwork(tf, `tfjs-${candidate}`, spec, seed)
    } catch (error) {
      failures.push(`${candidate} does not work here (${firstLine(error)})`)
    }
  }
  throw new SimError(
    'tfjs',
    `no TensorFlow.js: ${failures.join('; ')}. Use the kernel, or install the package.`,
  )
}

const LOADERS: Readonly<Record<Exclude<TfjsBackend, 'auto'>, () => Promise<Tfjs>>> = {
  async node() {
    // In a variable, so that neither the compiler nor a bundler asks for a package that is optional.
    const name = '@tensorflow/tfjs-node'
    const loaded = (await import(name)) as Tfjs & { default?: Tfjs }
    const tf = loaded.default ?? loaded
    await useBackend(tf, 'tensorflow')
    return tf
  },
  async wasm() {
    const tf = await import('@tensorflow/tfjs-core')
    await import('@tensorflow/tfjs-backend-wasm')
    await useBackend(tf, 'wasm')
    return tf
  },
  async cpu() {
    const tf = await import('@tensorflow/tfjs-core')
    await import('@tensorflow/tfjs-backend-cpu')
    await useBackend(tf, 'cpu')
    return tf
  },
}

async function useBackend(tf: Tfjs, name: string): Promise<void> {
  // Keeps it from recommending its native package on the console: `onPick` says what is in use.
  tf.env().set('PROD', true)
  if (!(await tf.setBackend(name))) throw new Error(`backend ${name} did not start`)
  await tf.ready()
}

/** The native binding can load and yet fail at the first operation. */
function check(tf: Tfjs): void {
  const product = tf.tidy(
    () => tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1])).dataSync()[0],
  )
  if (product !== 11) throw new Error(`1 x 3 + 2 x 4 gave ${product}`)
}

/** The core package comes without the gradients of single operations; the layers need these and those it has inside. */
function registerGradients(tf: Tfjs): void {
  if (!tf.getGradient('Reshape')) {
    tf.registerGradient({
      kernelName: 'Reshape',
      inputsToSave: ['x'],
      gradFunc: (dy, [x]) => ({ x: () => tf.reshape(dy as Tensor, x!.shape) }),
    })
  }
  if (!tf.getGradient('Tanh')) {
    tf.registerGradient({
      kernelName: 'Tanh',
      outputsToSave: [true],
      gradFunc: (dy, [y]) => ({ x: () => tf.mul(tf.sub(1, tf.square(y!)), dy as Tensor) }),
    })
  }
  if (!tf.getGradient('Relu')) {
    tf.registerGradient({
      kernelName: 'Relu',
      inputsToSave: ['x'],
      gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as Tensor, tf.cast(tf.step(x!), 'float32')) }),
    })
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim()
}
