import { describe, expect, it } from 'vitest'
import {
  ConfigError,
  InvalidActionError,
  ResetNeededError,
  SimError,
  UnknownIdError,
} from '../../../src/errors.ts'
import {
  EnvRegistry,
  formatEnvId,
  make,
  OrderEnforcing,
  parseEnvId,
  register,
  registeredSpecs,
  spec,
  specToJSON,
  TimeLimit,
} from '../../../src/gym/index.ts'
import { LineWalk } from './line-walk.ts'

const entryPoint = (kwargs: Record<string, unknown>) => new LineWalk(kwargs)

function registryOf(...ids: string[]): EnvRegistry {
  const registry = new EnvRegistry()
  for (const id of ids) registry.register({ id, entryPoint })
  return registry
}

describe('environment ids', () => {
  it.each([
    ['Walk-v0', { namespace: undefined, name: 'Walk', version: 0 }],
    ['Park/LoadBalance-v12', { namespace: 'Park', name: 'LoadBalance', version: 12 }],
    ['Walk', { namespace: undefined, name: 'Walk', version: undefined }],
    ['my:space/a.b-c-v1-v2', { namespace: 'my:space', name: 'a.b-c-v1', version: 2 }],
  ])('takes %s apart and puts it together', (id, parts) => {
    expect(parseEnvId(id)).toEqual(parts)
    expect(formatEnvId(parts)).toBe(id)
  })

  it.each(['', 'a/b/c-v0', 'Walk v0', 'Walk-v0/'])('refuses "%s"', (id) => {
    expect(() => parseEnvId(id)).toThrow(ConfigError)
  })
})

describe('register', () => {
  it('refuses an id that is taken, and one that is versioned where its sibling is not', () => {
    const registry = registryOf('Walk-v0', 'Run')
    expect(() => registry.register({ id: 'Walk-v0', entryPoint })).toThrow(
      /registered already. Give it a new version/,
    )
    expect(() => registry.register({ id: 'Walk', entryPoint })).toThrow(SimError)
    expect(() => registry.register({ id: 'Run-v1', entryPoint })).toThrow(/clashes with "Run"/)
  })

  it('refuses a limit of steps that is none', () => {
    expect(() => new EnvRegistry().register({ id: 'A-v0', entryPoint, maxEpisodeSteps: 0 })).toThrow(
      /at least 1, got 0/,
    )
  })

  it('lists the specs by id', () => {
    const ids = registryOf('b/Walk-v1', 'Run-v0', 'b/Walk-v0')
      .registeredSpecs()
      .map(({ id }) => id)
    expect(ids).toEqual(['Run-v0', 'b/Walk-v0', 'b/Walk-v1'])
  })
})

describe('spec', () => {
  const registry = registryOf('Walk-v0', 'Walk-v2', 'Walk-v10', 'Park/LoadBalance-v0')

  function warnings(id: string): [id: string, ...warnings: string[]] {
    const messages: string[] = []
    return [registry.spec(id, { warn: (message) => messages.push(message) }).id, ...messages]
  }

  it('gives the newest version of a bare name and says so', () => {
    expect(warnings('Walk')).toEqual(['Walk-v10', 'environment "Walk" has no version. Using "Walk-v10".'])
  })

  it('gives an outdated version with a warning and the newest without', () => {
    expect(warnings('Walk-v2')).toEqual([
      'Walk-v2',
      'environment "Walk-v2" is out of date. The newest version is "Walk-v10".',
    ])
    expect(warnings('Walk-v10')).toEqual(['Walk-v10'])
  })

  it('lists the versions when the version is unknown', () => {
    expect(() => registry.spec('Walk-v1')).toThrow(
      'unknown version of environment "Walk-v1". There is "Walk-v10", "Walk-v2", "Walk-v0".',
    )
  })

  it('suggests the nearest id', () => {
    expect(() => registry.spec('Wolk-v2')).toThrow('unknown environment "Wolk-v2". Did you mean "Walk-v2"?')
    expect(() => registry.spec('Park/LoadBalanc')).toThrow(/Did you mean "Park\/LoadBalance"\?/)
    expect(() => registry.spec('Park/LoadBalance-v3')).toThrow(/There is "Park\/LoadBalance-v0"/)
    expect(() => registry.spec('Something')).toThrow(/Registered are Park\/LoadBalance-v0, Walk-v0/)
    expect(() => new EnvRegistry().spec('Walk')).toThrow(/None is registered/)
  })

  it('throws UnknownIdError with the id', () => {
    try {
      registry.spec('Wolk-v2')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(UnknownIdError)
      expect((error as UnknownIdError).id).toBe('Wolk-v2')
    }
  })
})

describe('make', () => {
  const registry = new EnvRegistry()
  registry.register({ id: 'Walk-v0', entryPoint, maxEpisodeSteps: 5, kwargs: { renderMode: 'ansi', a: 1 } })
  registry.register({ id: 'Endless-v0', entryPoint })

  it('enforces the order of calls and the limit of steps', () => {
    const env = registry.make('Walk-v0')
    expect(() => env.step(1)).toThrow(ResetNeededError)
    expect(() => env.render?.()).toThrow(/render\(\) was called before reset\(\)/)
    env.reset({ seed: 1 })
    expect(Array.from({ length: 6 }, () => env.step(1).truncated)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ])
    env.reset()
    expect(env.step(1).truncated).toBe(false)
  })

  it('adds no time limit where the spec has none or the caller wants none', () => {
    expect(registry.make('Endless-v0')).toBeInstanceOf(OrderEnforcing)
    expect(registry.make('Walk-v0', {}, { maxEpisodeSteps: 0 })).toBeInstanceOf(OrderEnforcing)
    expect(registry.make('Endless-v0', {}, { maxEpisodeSteps: 7 })).toBeInstanceOf(TimeLimit)
  })

  it('gives the environment the arguments of the spec under those of the call, and the spec', () => {
    const env = registry.make('Walk-v0', { a: 2, b: 3 }, { maxEpisodeSteps: 9 })
    expect((env.unwrapped as LineWalk).renderMode).toBe('ansi')
    expect(env.spec).toMatchObject({
      id: 'Walk-v0',
      kwargs: { renderMode: 'ansi', a: 2, b: 3 },
      maxEpisodeSteps: 9,
    })
    expect(registry.spec('Walk-v0').kwargs).toEqual({ renderMode: 'ansi', a: 1 })
  })

  it('makes the same environment again from its spec as JSON', () => {
    const env = registry.make('Walk-v0', { a: 2 }, { maxEpisodeSteps: 3 })
    const json = JSON.parse(JSON.stringify(specToJSON(env.spec!)))
    expect(json).toEqual({ id: 'Walk-v0', kwargs: { renderMode: 'ansi', a: 2 }, maxEpisodeSteps: 3 })
    expect(specToJSON(registry.make(json).spec!)).toEqual(json)
  })

  it('makes an environment without the limit that is registered again from its spec as JSON', () => {
    registry.register({ id: 'Short-v0', entryPoint, maxEpisodeSteps: 1 })
    const env = registry.make('Short-v0', {}, { maxEpisodeSteps: 0 })
    const again = registry.make(JSON.parse(JSON.stringify(specToJSON(env.spec!))))
    for (const made of [env, again]) {
      made.reset({ seed: 1 })
      expect(made.step(0).truncated).toBe(false)
    }
  })

  it('checks actions and results when asked to, and only then', () => {
    const careless = registry.make('Walk-v0')
    careless.reset({ seed: 1 })
    expect(() => careless.step(17)).not.toThrow()
    const checked = registry.make('Walk-v0', {}, { check: true })
    checked.reset({ seed: 1 })
    expect(() => checked.step(17)).toThrow(InvalidActionError)
    expect(() => checked.step(17)).toThrow(/action is 17, not in 0 ... 2/)
    const inner = checked.unwrapped as LineWalk
    inner.observe = () => Float32Array.of(0, 3)
    expect(() => checked.step(1)).toThrow(/out of bounds: \[1\] = 3 not in \[-1, 1\] \(step\(\)\)/)
    expect(() => checked.reset()).toThrow(SimError)
  })

  it('lets a spec be set through the wrappers', () => {
    const env = registry.make('Walk-v0')
    env.spec = registry.spec('Endless-v0')
    expect(env.unwrapped.spec?.id).toBe('Endless-v0')
  })

  it('shares one registry among the functions of the module', () => {
    register({ id: 'registry-test/Walk-v0', entryPoint, description: 'A walk.' })
    expect(make('registry-test/Walk-v0').unwrapped).toBeInstanceOf(LineWalk)
    expect(spec('registry-test/Walk-v0').description).toBe('A walk.')
    expect(registeredSpecs().map(({ id }) => id)).toContain('registry-test/Walk-v0')
  })
})
