import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  assertEnv,
  Box,
  CHECKS,
  checkEnv,
  Dict,
  Discrete,
  type Env,
  EnvRegistry,
  MultiBinary,
  MultiDiscrete,
  OrderEnforcing,
  type Space,
  type StepResult,
  Tuple,
} from '../../../src/gym/index.ts'
import { LineWalk } from './line-walk.ts'

const INF = Number.POSITIVE_INFINITY

/** A sound environment as `make` gives it, unwrapped. */
function good(): LineWalk {
  const registry = new EnvRegistry()
  registry.register({ id: 'test/LineWalk-v0', entryPoint: (kwargs) => new LineWalk(kwargs) })
  return registry.make('test/LineWalk-v0').unwrapped as LineWalk
}

/** Sets fields that are read-only or typed otherwise. */
function force(target: object, fields: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: true })
  }
}

function actions(space: Space): (env: LineWalk) => void {
  return (env) => force(env, { actionSpace: space })
}

/** Replaces the observation space and, always, what is observed. */
function observations(space: Space, observe?: (env: LineWalk) => unknown): (env: LineWalk) => void {
  return (env) => force(env, { observationSpace: space, ...(observe && { observe: () => observe(env) }) })
}

/** Edits what `reset` returns. */
function onReset(edit: (result: Record<string, unknown>, env: LineWalk, call: number) => unknown) {
  return (env: LineWalk): void => {
    const reset = env.reset.bind(env)
    let call = 0
    force(env, {
      reset: (options?: { seed?: number }) => {
        const result = reset(options)
        return edit(result, env, call++) ?? result
      },
    })
  }
}

/** Edits what `step` returns. */
function onStep(edit: (result: Record<string, unknown>, env: LineWalk, call: number) => unknown) {
  return (env: LineWalk): void => {
    const step = env.step.bind(env)
    let call = 0
    force(env, {
      step: (action: unknown): StepResult<unknown> => {
        const result = step(action)
        return (edit(result, env, call++) as StepResult<unknown>) ?? result
      },
    })
  }
}

function refuseReset(refuse: (options?: { seed?: number; options?: unknown }) => boolean) {
  return (env: LineWalk): void => {
    const reset = env.reset.bind(env)
    force(env, {
      reset: (options?: { seed?: number }) => {
        if (refuse(options)) throw new TypeError('unexpected argument')
        return reset(options)
      },
    })
  }
}

function entryPoint(make: (kwargs: Record<string, unknown>) => LineWalk) {
  return (env: LineWalk): void => force(env, { spec: { ...env.spec, entryPoint: make } })
}

function mutated<S extends Space>(space: S, fields: Record<string, unknown>): S {
  force(space, fields)
  return space
}

class Picky extends Box {
  private readonly accepts: (x: Float32Array) => boolean

  constructor(accepts: (x: Float32Array) => boolean) {
    super(-1, 1, { shape: [2] })
    this.accepts = accepts
  }

  override contains(x: unknown): x is Float32Array {
    return super.contains(x) && this.accepts(x)
  }
}

const image = (side: number, high: number, dtype: 'uint8' | 'float32') => {
  const space = new Box(0, high, { shape: [side, side, 1], dtype })
  return observations(space, () => new (dtype === 'uint8' ? Uint8Array : Float32Array)(side * side))
}

const flatObservation = (env: LineWalk) => Float32Array.of(env.position, env.steps / 1000)

/** The distance to a goal as the reward; `computeReward` gives it with `offset` added. */
const goals = (offset: number) => (env: LineWalk) => {
  const part = () => new Box(-1, 1)
  observations(new Dict({ observation: part(), achievedGoal: part(), desiredGoal: part() }), () => ({
    observation: Float32Array.of(env.position),
    achievedGoal: Float32Array.of(env.position),
    desiredGoal: Float32Array.of(1),
  }))(env)
  onStep((result) => force(result, { reward: Math.fround(env.position) - 1 }))(env)
  force(env, {
    computeReward: (achieved: Float32Array, desired: Float32Array) => achieved[0]! - desired[0]! + offset,
  })
}

type Variant = {
  readonly check: string
  readonly spoil: (env: LineWalk) => unknown
  /** Other checks that must fail too, since the fault implies theirs. */
  readonly also?: readonly string[]
}

const VARIANTS: readonly Variant[] = [
  { check: 'env-has-methods', spoil: (env) => force(env, { step: undefined }) },
  { check: 'env-is-unwrapped', spoil: (env) => new OrderEnforcing(env) },
  { check: 'action-space-is-space', spoil: (env) => force(env, { actionSpace: { n: 3 } }) },
  { check: 'observation-space-is-space', spoil: (env) => force(env, { observationSpace: undefined }) },
  { check: 'no-seed-method', spoil: (env) => force(env, { seed: () => {} }) },

  {
    check: 'box-bounds-have-shape',
    spoil: observations(mutated(new Box(-1, 1, { shape: [2] }), { shape: [3] })),
  },
  { check: 'discrete-size', spoil: actions(mutated(new Discrete(3), { n: 0 })) },
  {
    check: 'multi-discrete-size',
    spoil: actions(mutated(new MultiDiscrete([2]), { nvec: Int32Array.of(0) })),
  },
  { check: 'multi-binary-size', spoil: actions(mutated(new MultiBinary(2), { shape: [0] })) },
  { check: 'container-not-empty', spoil: observations(new Dict({}), () => ({})) },
  {
    check: 'box-bounds-differ',
    spoil: observations(new Box([-1, 0], [1, 0]), (env) => Float32Array.of(env.position, 0)),
  },
  {
    check: 'box-bounds-ordered',
    spoil: actions(mutated(new Box(-1, 1), { low: Float32Array.of(1), high: Float32Array.of(-1) })),
    also: ['action-box-symmetric'],
  },
  { check: 'box-bounded-below', spoil: observations(new Box(-INF, 1, { shape: [2] })) },
  { check: 'box-bounded-above', spoil: observations(new Box(-1, INF, { shape: [2] })) },

  { check: 'action-box-normalized', spoil: actions(new Box(-2, 2)), also: ['action-box-symmetric'] },
  { check: 'action-box-symmetric', spoil: actions(new Box(0, 1)) },
  {
    check: 'action-box-finite',
    spoil: actions(new Box(-1, INF)),
    also: ['box-bounded-above', 'action-box-normalized', 'action-box-symmetric'],
  },
  { check: 'action-box-float32', spoil: actions(new Box(-1, 1, { dtype: 'float64' })) },
  { check: 'action-is-array', spoil: actions(new Dict({ move: new Discrete(3) })) },
  { check: 'discrete-starts-at-zero', spoil: actions(new Discrete(3, 1)) },
  { check: 'discrete-starts-at-zero', spoil: actions(new MultiDiscrete([3], { start: [1] })) },
  { check: 'multi-discrete-is-flat', spoil: actions(new MultiDiscrete([2, 2, 2, 2], { shape: [2, 2] })) },
  {
    check: 'observation-not-nested',
    spoil: observations(new Dict({ a: new Dict({ b: new Box(-1, 1, { shape: [2] }) }) }), (env) => ({
      a: { b: flatObservation(env) },
    })),
  },
  {
    check: 'observation-not-tuple',
    spoil: observations(new Tuple([new Box(-1, 1, { shape: [2] })]), (env) => [flatObservation(env)]),
  },
  { check: 'observation-box-dimensions', spoil: observations(new Box(-1, 1, { shape: [2, 1] })) },
  { check: 'image-is-uint8', spoil: image(36, 255, 'float32') },
  { check: 'image-bounds', spoil: image(36, 254, 'uint8') },
  { check: 'image-size', spoil: image(35, 255, 'uint8') },

  { check: 'reset-accepts-seed', spoil: refuseReset((options) => options?.seed !== undefined) },
  { check: 'reset-without-seed', spoil: refuseReset((options) => options === undefined) },
  { check: 'reset-accepts-options', spoil: refuseReset((options) => options?.options !== undefined) },
  {
    check: 'reset-returns-observation-and-info',
    spoil: onReset(({ observation, info }) => [observation, info]),
  },
  { check: 'reset-info-is-object', spoil: onReset((result) => force(result, { info: 'none' })) },

  {
    check: 'reset-observation-type',
    spoil: onReset((result, env) => force(result, { observation: [env.position, 0] })),
  },
  {
    check: 'reset-observation-shape',
    spoil: onReset((result, env) => force(result, { observation: Float32Array.of(env.position, 0, 0) })),
  },
  {
    check: 'reset-observation-keys',
    spoil: (env) => {
      observations(new Dict({ a: new Box(-1, 1) }), () => ({ a: Float32Array.of(env.position) }))(env)
      onReset((result) => force(result, { observation: { a: Float32Array.of(env.position), b: 1 } }))(env)
    },
  },
  {
    check: 'reset-observation-bounds',
    spoil: onReset((result) => force(result, { observation: Float32Array.of(2, 0) })),
  },
  { check: 'reset-observation-in-space', spoil: observations(new Picky((x) => x[1] !== 0)) },

  {
    check: 'step-accepts-actions',
    spoil: onStep(() => {
      throw new RangeError('no such action')
    }),
  },
  {
    check: 'step-returns-five-fields',
    spoil: onStep(({ observation, reward, info }) => ({ observation, reward, done: false, info })),
  },
  { check: 'reward-is-number', spoil: onStep((result) => force(result, { reward: '1' })) },
  { check: 'reward-not-nan', spoil: onStep((result) => force(result, { reward: Number.NaN })) },
  { check: 'reward-not-infinite', spoil: onStep((result) => force(result, { reward: -INF })) },
  { check: 'terminated-is-boolean', spoil: onStep((result) => force(result, { terminated: 0 })) },
  { check: 'truncated-is-boolean', spoil: onStep((result) => force(result, { truncated: null })) },
  { check: 'step-info-is-object', spoil: onStep((result) => force(result, { info: null })) },
  {
    check: 'observation-is-finite',
    spoil: (env) => {
      observations(new Box(-INF, INF, { shape: [2] }))(env)
      onStep((result) => force(result, { observation: Float32Array.of(env.position, INF) }))(env)
    },
    also: ['box-bounded-below', 'box-bounded-above'],
  },
  {
    check: 'first-step-not-truncated',
    spoil: onStep((result, env) => force(result, { truncated: env.steps === 1 })),
  },

  {
    check: 'step-observation-type',
    spoil: onStep((result, env) => force(result, { observation: Float64Array.of(env.position, 0) })),
  },
  {
    check: 'step-observation-shape',
    spoil: onStep((result, env) => force(result, { observation: Float32Array.of(env.position) })),
  },
  {
    check: 'step-observation-keys',
    spoil: (env) => {
      observations(new Dict({ a: new Box(-1, 1) }), () => ({ a: Float32Array.of(env.position) }))(env)
      onStep((result) => force(result, { observation: {} }))(env)
    },
  },
  {
    check: 'step-observation-bounds',
    spoil: onStep((result) => force(result, { observation: Float32Array.of(-2, 0) })),
  },
  { check: 'step-observation-in-space', spoil: observations(new Picky((x) => x[1] === 0)) },

  {
    check: 'reset-deterministic',
    spoil: onReset((result, env, call) =>
      force(result, { observation: Float32Array.of(env.position, call / 1e6) }),
    ),
  },
  {
    check: 'observation-deterministic',
    spoil: onStep((result, env, call) =>
      force(result, { observation: Float32Array.of(env.position, call / 1e9) }),
    ),
  },
  {
    check: 'reward-deterministic',
    spoil: onStep((result, env, call) =>
      force(result, { reward: env.position * (call < 10 ? 1 : 1 + 2 ** -52) }),
    ),
  },
  {
    check: 'terminated-deterministic',
    spoil: onStep((result, _env, call) => force(result, { terminated: call === 14 })),
  },
  {
    check: 'truncated-deterministic',
    spoil: onStep((result, _env, call) => force(result, { truncated: call === 14 })),
  },
  {
    check: 'info-deterministic',
    spoil: onStep((result, _env, call) => force(result, { info: { at: call } })),
  },
  {
    check: 'seeds-differ',
    spoil: (env) => {
      const reset = env.reset.bind(env)
      force(env, { reset: () => reset({ seed: 1 }) })
    },
  },

  { check: 'goal-observation-keys', spoil: (env) => force(env, { computeReward: () => 0 }) },
  { check: 'goal-reward-agrees', spoil: goals(1) },

  { check: 'render-modes-declared', spoil: (env) => force(env, { metadata: {} }) },
  { check: 'render-fps-declared', spoil: (env) => force(env, { metadata: { renderModes: ['ansi'] } }) },
  {
    check: 'render-fps-positive',
    spoil: (env) => force(env, { metadata: { renderModes: ['ansi'], renderFps: 0 } }),
  },
  { check: 'render-mode-declared', spoil: (env) => force(env, { renderMode: 'human' }) },
  { check: 'has-spec', spoil: (env) => force(env, { spec: undefined }) },
  {
    check: 'render-returns-image',
    spoil: entryPoint((kwargs) =>
      mutatedEnv(new LineWalk(kwargs), { render: () => ({ width: 2, height: 2 }) }),
    ),
  },
  {
    check: 'close-twice',
    spoil: entryPoint((kwargs) => {
      const env = new LineWalk(kwargs)
      const close = () => {
        if (env.closed++ > 0) throw new Error('closed already')
      }
      return mutatedEnv(env, { close })
    }),
  },
]

function mutatedEnv(env: LineWalk, fields: Record<string, unknown>): LineWalk {
  force(env, fields)
  return env
}

function failed(env: unknown): string[] {
  return checkEnv(env)
    .checks.filter((check) => !check.passed && !check.skipped)
    .map((check) => check.name)
}

describe('checkEnv', () => {
  it('finds nothing in a sound environment', () => {
    const report = checkEnv(good())
    expect(report.errors).toEqual([])
    expect(report.warnings).toEqual([])
    expect(report.checks.map((check) => check.name)).toEqual(CHECKS.map((check) => check.name))
    expect(report.checks.every((check) => check.passed)).toBe(true)
  })

  it('finds nothing in a sound environment with goals', () => {
    const env = good()
    goals(0)(env)
    expect(failed(env)).toEqual([])
  })

  it.each(VARIANTS.map((variant) => [variant.check, variant] as const))(
    'finds a broken %s and nothing else',
    (_, variant) => {
      const env = good()
      const spoiled = variant.spoil(env) ?? env
      expect(failed(spoiled).sort()).toEqual([variant.check, ...(variant.also ?? [])].sort())
    },
  )

  it('has a broken variant of every check', () => {
    expect([...new Set(VARIANTS.map((variant) => variant.check))].sort()).toEqual(
      CHECKS.map(({ name }) => name).sort(),
    )
  })

  it('sorts what it finds by level, with the name and a message', () => {
    const env = good()
    force(env, { seed: () => {} })
    onStep((result) => force(result, { observation: Float32Array.of(-2, 0), reward: Number.NaN }))(env)
    const { errors, warnings } = checkEnv(env)
    expect(warnings).toEqual(['no-seed-method: there is a seed() method. Seed with reset({ seed })'])
    expect(errors).toEqual([
      'reward-not-nan: the reward is NaN (step 1)',
      'step-observation-bounds: the observation is out of bounds: [0] = -2 not in [-1, 1] (step 1)',
    ])
  })

  it('sees through an environment that returns the same array every time', () => {
    const env = good()
    const shared = new Float32Array(2)
    let calls = 0
    onReset((result) => {
      shared.set([calls++ / 1e6, 0])
      force(result, { observation: shared })
    })(env)
    expect(failed(env)).toEqual(['reset-deterministic'])
  })

  it('does not compare what is not enumerable, such as info.view', () => {
    const env = good()
    let calls = 0
    env.info = () => Object.defineProperty({ steps: 0 }, 'view', { value: calls++, enumerable: false })
    expect(failed(env)).toEqual([])
  })

  it('throws nothing, whatever it is given', () => {
    for (const thing of [undefined, null, 3, 'env', {}, [], () => {}]) {
      expect(failed(thing)).toContain('env-has-methods')
    }
    const env = good()
    Object.defineProperty(env, 'metadata', {
      get: () => {
        throw new Error('not yet')
      },
    })
    expect(checkEnv(env).warnings).toEqual(['render-modes-declared: threw: not yet'])
  })

  it('says of a skipped check which one it needed', () => {
    const env = good()
    force(env, { step: undefined })
    const skipped = checkEnv(env).checks.find((check) => check.name === 'reward-is-number')
    expect(skipped).toMatchObject({
      passed: false,
      skipped: true,
      message: 'not run: "env-has-methods" did not pass',
    })
  })

  it('does not ask an environment for determinism whose spec denies it', () => {
    const env = good()
    onStep((result, _env, call) => force(result, { info: { at: call } }))(env)
    force(env, { spec: { ...env.spec, nondeterministic: true } })
    expect(failed(env)).toEqual([])
  })

  it('samples under info.actionMask when told to', () => {
    const env = good()
    const reset = env.reset.bind(env)
    const mask = Uint8Array.of(0, 0, 1)
    const taken = new Set<unknown>()
    const step = env.step.bind(env)
    force(env, {
      reset: (options?: { seed?: number }) => {
        const result = reset(options)
        result.info.actionMask = mask
        return result
      },
      step: (action: unknown) => {
        taken.add(action)
        const result = step(action)
        result.info.actionMask = mask
        return result
      },
    })
    expect(checkEnv(env, { actions: 'masked', steps: 30 }).errors).toEqual([])
    expect([...taken]).toEqual([2])
    expect(checkEnv(env, { steps: 30 }).errors).toEqual([])
    expect(taken.size).toBe(3)
  })

  it('leaves out on request what makes the environment again', () => {
    const env = good()
    entryPoint(() => {
      throw new Error('expensive')
    })(env)
    expect(failed(env)).toEqual(['render-returns-image', 'close-twice'])
    expect(checkEnv(env, { skipRender: true, skipClose: true }).warnings).toEqual([])
  })
})

describe('assertEnv', () => {
  it('returns for a sound environment, with warnings or without', () => {
    expect(() => assertEnv(good())).not.toThrow()
    expect(() => assertEnv(new OrderEnforcing(good() as Env))).not.toThrow()
  })

  it('throws all errors at once', () => {
    const env = good()
    onStep((result) => force(result, { reward: Number.NaN, terminated: 1 }))(env)
    expect(() => assertEnv(env)).toThrow(
      'the environment breaks its contract:\n  reward-not-nan: the reward is NaN (step 1)\n  terminated-is-boolean:',
    )
  })
})

describe('docs/reference/gym.md', () => {
  it('lists every check with its level and its source', () => {
    const text = readFileSync(new URL('../../../docs/reference/gym.md', import.meta.url), 'utf8')
    const listed = [...text.matchAll(/^\| `([a-z0-9-]+)` \| (error|warning) \| (gymnasium|sb3)\b/gm)]
    expect(listed.map(([, name, level, source]) => [name, level, source])).toEqual(
      CHECKS.map(({ name, level, source }) => [name, level, source]),
    )
  })
})
