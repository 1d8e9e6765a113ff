import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../benchmarks/canonical-json.ts'
import { environmentSpec } from '../../benchmarks/environment-spec.ts'
import { checkSeeds, SEED_RANGES, seedsOf } from '../../benchmarks/seeds.ts'
import { costOf, resolveCost } from '../../benchmarks/units/cost.ts'
import { runEpisode } from '../../benchmarks/units/run-episode.ts'
import { runUnit } from '../../benchmarks/units/run-unit.ts'
import type { EvaluateResult, EvaluateUnit, TrainResult, TrainUnit } from '../../benchmarks/units/types.ts'
import { ConfigError } from '../../src/errors.ts'
import * as kit from './toy-kit.ts'

const environment = { id: 'Toy-v0', kwargs: {}, scenario: null }
const evaluation: EvaluateUnit = {
  kind: 'evaluate',
  purpose: 'evaluation',
  environment,
  agent: { name: 'off-by', params: { error: 1 } },
  deterministic: true,
  checkpoint: null,
  seeds: seedsOf('evaluation', 3),
  episodeLength: null,
  settle: 0,
}
const training: TrainUnit = {
  kind: 'train',
  environment,
  agent: { name: 'learner', params: {} },
  steps: 1000,
  seed: 4,
  validation: {
    environment,
    seeds: seedsOf('validation', 2),
    episodeLength: 50,
    settle: 0,
    every: 250,
    cost: 'decision',
  },
  from: null,
}

describe('seeds', () => {
  it('of different purposes never meet', () => {
    const ranges = Object.values(SEED_RANGES).sort((a, b) => a[0] - b[0])
    expect(ranges[0]![0]).toBe(0)
    for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThanOrEqual(ranges[i - 1]![1])
    expect(SEED_RANGES.evaluation).toEqual([2 ** 31, 2 ** 31 + 1e6])
  })

  it('outside of their purpose are refused', () => {
    expect(() => checkSeeds('training', [2 ** 31])).toThrow(ConfigError)
    expect(() => checkSeeds('evaluation', [7])).toThrow(/seed 7 is not one of evaluation/)
    expect(() => checkSeeds('tuning', seedsOf('evaluation', 1))).toThrow(ConfigError)
    expect(() => checkSeeds('training', [1, 2, 1])).toThrow(/seed 1 occurs twice/)
    expect(() => seedsOf('evaluation', 2, 999_999)).toThrow(ConfigError)
    expect(() => checkSeeds('training', [0.5])).toThrow(ConfigError)
  })

  it('of an evaluation cannot be trained on, nor the other way round', async () => {
    const bad = { ...training, agent: { name: 'learner', params: { badSeed: true } } }
    await expect(runUnit({ unit: bad }, kit)).rejects.toThrow(/not one of training/)
    await expect(runUnit({ unit: { ...evaluation, seeds: [5] } }, kit)).rejects.toThrow(
      /not one of evaluation/,
    )
    await expect(runUnit({ unit: { ...training, seed: 2 ** 31 } }, kit)).rejects.toThrow(
      /not one of training/,
    )
    const peeking = { ...training, validation: { ...training.validation!, seeds: evaluation.seeds } }
    await expect(runUnit({ unit: peeking }, kit)).rejects.toThrow(/not one of validation/)
  })
})

describe('an episode', () => {
  const play = (kwargs: Record<string, unknown>, options: { episodeLength: number | null; settle: number }) =>
    runEpisode(kit.make('Toy-v0', kwargs), kit.createAgent('off-by', { error: 1 }), 2 ** 31, {
      ...options,
      deterministic: true,
    })

  it('sums its rewards and tells decisions and time', () => {
    const episode = play({}, { episodeLength: null, settle: 0 })
    expect(episode).toMatchObject({ decisions: 200, elapsed: 100, terminated: false })
    expect(costOf(episode, 'decision')).toBe(-episode.return / 200)
    expect(costOf(episode, 'time')).toBe(-episode.return / 100)
    expect(costOf(episode, 'episode')).toBe(-episode.return)
    expect(costOf(episode, 'decision')).toBeGreaterThan(2)
    expect(costOf(episode, 'decision')).toBeLessThan(3.2)
  })

  it('does not count what happens while it settles', () => {
    const all = play({ startup: true }, { episodeLength: null, settle: 0 })
    const settled = play({ startup: true }, { episodeLength: null, settle: 25 })
    expect(costOf(all, 'decision')).toBeGreaterThan(200)
    expect(settled).toMatchObject({ decisions: 150, elapsed: 75 })
    expect(costOf(settled, 'decision')).toBeLessThan(4)
  })

  it('stops after the given number of decisions', () => {
    expect(play({}, { episodeLength: 30, settle: 0 }).decisions).toBe(30)
    expect(() => play({}, { episodeLength: 30, settle: 20 })).toThrow(/no decision counts in 30/)
  })

  it('that ends by itself is a cost as a whole', () => {
    const ended = play({ ends: true }, { episodeLength: null, settle: 0 })
    expect(ended.terminated).toBe(true)
    expect(resolveCost('auto', [ended])).toBe('episode')
    expect(resolveCost('auto', [play({}, { episodeLength: null, settle: 0 })])).toBe('decision')
  })
})

describe('an evaluation', () => {
  it('is the same twice, and pairs agents on the same noise', async () => {
    const one = (await runUnit({ unit: evaluation }, kit)) as EvaluateResult
    const again = (await runUnit({ unit: evaluation }, kit)) as EvaluateResult
    expect(again.episodes).toEqual(one.episodes)
    const exact = { ...evaluation, agent: { name: 'off-by', params: { error: 0 } } }
    const better = (await runUnit({ unit: exact }, kit)) as EvaluateResult
    better.episodes.forEach((episode, i) => {
      expect(costOf(one.episodes[i]!, 'decision') - costOf(episode, 'decision')).toBeCloseTo(1, 9)
    })
  })

  it('reports progress and stops when told to', async () => {
    const seen: number[] = []
    const long = { ...evaluation, environment: { ...environment, kwargs: { length: 600 } } }
    await runUnit({ unit: long }, kit, { onProgress: ({ done }) => seen.push(done) })
    expect(seen.at(-1)).toBe(3)
    await expect(runUnit({ unit: long }, kit, { aborted: () => true })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})

describe('a training', () => {
  it('keeps the checkpoint of the best validation, not the last one', async () => {
    const unit = { ...training, agent: { name: 'learner', params: { peak: 500 } } }
    const result = (await runUnit({ unit }, kit)) as TrainResult
    expect(result.curve.map((point) => point.steps)).toEqual([250, 500, 750, 1000])
    expect(result.selectedAt).toBe(500)
    expect(result.parameterCount).toBe(1)
    expect(result.decisions).toEqual({ training: 1000, validation: 4 * 2 * 50 })
    const best = Math.min(...result.curve.map((point) => point.cost))
    expect(result.curve[1]!.cost).toBe(best)
    const weight = new Float64Array(result.checkpoint.slice().buffer)[0]!
    expect(weight).toBeCloseTo(2, 0)
  })

  it('looks at the end too when that falls between two looks', async () => {
    const result = (await runUnit({ unit: { ...training, steps: 900 } }, kit)) as TrainResult
    expect(result.curve.map((point) => point.steps)).toEqual([250, 500, 750, 900])
  })

  it('is looked at in the environment of the validation', async () => {
    const hard = { ...environment, kwargs: { startup: true } }
    const unit = { ...training, validation: { ...training.validation!, environment: hard } }
    const result = (await runUnit({ unit }, kit)) as TrainResult
    expect(Math.min(...result.curve.map((point) => point.cost))).toBeGreaterThan(1000)
  })

  it('without validation keeps the last', async () => {
    const unit = { ...training, validation: null, agent: { name: 'learner', params: { peak: 500 } } }
    const result = (await runUnit({ unit }, kit)) as TrainResult
    expect(result.curve).toEqual([])
    expect(new Float64Array(result.checkpoint.slice().buffer)[0]).toBeGreaterThan(4)
    expect(result.selectedAt).toBe(1000)
  })

  it('is not disturbed by being looked at', async () => {
    const often = (await runUnit(
      { unit: { ...training, validation: { ...training.validation!, every: 100 } } },
      kit,
    )) as TrainResult
    const rarely = (await runUnit({ unit: training }, kit)) as TrainResult
    expect(often.checkpoint).toEqual(rarely.checkpoint)
  })

  it('that is stopped gives what it has', async () => {
    let asked = 0
    const result = (await runUnit({ unit: training }, kit, { aborted: () => ++asked > 2 })) as TrainResult
    expect(result.interrupted).toBe(true)
    expect(result.decisions.training).toBe(768)
  })

  it('of a heuristic is refused', async () => {
    await expect(
      runUnit({ unit: { ...training, agent: { name: 'constant', params: { x: 1 } } } }, kit),
    ).rejects.toThrow(/agent "constant" does not learn/)
  })
})

describe('canonical JSON', () => {
  it('does not depend on the order of keys and tells apart what differs', () => {
    expect(canonicalJson({ b: 1, a: [{ d: undefined, c: 2 }] })).toBe('{"a":[{"c":2}],"b":1}')
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }))
    expect(canonicalJson({ a: Number.POSITIVE_INFINITY })).not.toBe(canonicalJson({ a: null }))
  })
})

describe('the environment of a unit', () => {
  const text =
    'name: A\nhorizon: 10\nworkloads: { w: { to: s, arrivals: { poisson: { rate: 1 } } } }\nservices: { s: { endpoints: { e: [{ cpu: 1ms }] } } }\n'

  it('changes with the scenario file that it names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'environment-'))
    const file = join(folder, 'a.yml')
    const hashes = [text, text.replace('1ms', '2ms'), text].map((content) => {
      writeFileSync(file, content)
      return environmentSpec('LoadBalancing-v0', { scenario: file }).scenario
    })
    rmSync(folder, { recursive: true })
    expect(hashes[0]).toMatch(/^[0-9a-f]+$/)
    expect(hashes[1]).not.toBe(hashes[0])
    expect(hashes[2]).toBe(hashes[0])
    expect(environmentSpec('LoadBalancing-v0', { scenario: 'pool-noisy' }).scenario).toBeNull()
    expect(environmentSpec('LoadBalancing-v0', { scenario: text }).scenario).toBeNull()
  })
})
