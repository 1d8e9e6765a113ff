/** The bridge with one more environment: every kind of space, and ways to fail. */
import { Box, Dict, Discrete, MultiBinary, MultiDiscrete, register, Tuple } from '../../dist/src/index.mjs'

class Composite {
  observationSpace = new Dict({
    grid: new Box(-1, 10, { shape: [2, 3], dtype: 'float64' }),
    pair: new Tuple([new Discrete(9, -4), new MultiBinary([2, 2])]),
    bytes: new Box(0, 255, { shape: [2], dtype: 'uint8' }),
  })
  actionSpace = new Dict({
    box: new Box(-2, 2, { shape: [2] }),
    choices: new MultiDiscrete([3, 4], { start: [1, 0] }),
    pair: new Tuple([new Discrete(9, -4), new MultiBinary(2)]),
  })
  metadata = { renderModes: [] }
  unwrapped = this
  last = null

  reset({ options = {} } = {}) {
    this.options = options
    return {
      observation: this.observe([0, 0]),
      info: { options, nothing: null, list: [1, 'a', [true]], left: undefined },
    }
  }

  step({ box, choices, pair }) {
    if (this.options.fail === 'throw') throw new Error('a defect of the environment')
    if (this.options.fail === 'exit') {
      process.stderr.write('last words\n')
      process.exit(7)
    }
    if (this.options.fail === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
    const info = {
      echo: [...box, ...choices, pair[0], ...pair[1]],
      actionMask: [new Int8Array([1, 0, 1]), new Int8Array([0, 1])],
    }
    return { observation: this.observe(box, pair), reward: box[0], terminated: true, truncated: false, info }
  }

  observe(box, pair = [-4, [0, 1]]) {
    return {
      grid: Float64Array.from({ length: 6 }, (_, i) => i + box[1]),
      pair: [pair[0], new Int8Array([...pair[1], 1, 0])],
      bytes: new Uint8Array([7, 255]),
    }
  }

  close() {}
}

register({ id: 'test/Composite-v0', entryPoint: () => new Composite() })
await import('../../dist/cli/bridge/main.mjs')
