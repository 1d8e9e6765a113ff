import { describe, expect, test } from 'vitest'
import { argmaxCategorical, maskedLogSoftmax, sampleCategorical } from '../../agents/nn/categorical.ts'
import { gae } from '../../agents/ppo/gae.ts'
import { type Minibatch, normalizeAdvantages, ppoLoss } from '../../agents/ppo/loss.ts'
import { Stream } from '../../src/random/stream.ts'
import { maxDifference } from './nn-samples.ts'

describe('the loss of PPO', () => {
  const size = 40
  const n = 4
  const stream = Stream.derive(3, 'loss')
  const symmetric = (): number => 2 * stream.next() - 1
  const masks = Uint8Array.from({ length: size * n }, (_, i) => (i % 7 === 3 ? 0 : 1))
  const actions = Int32Array.from({ length: size }, (_, i) => {
    let action = stream.int(n)
    while (masks[i * n + action] === 0) action = stream.int(n)
    return action
  })
  const logits = Float32Array.from({ length: size * n }, () => 2 * symmetric())
  const values = Float32Array.from({ length: size }, symmetric)
  const logP = new Float64Array(n)
  const batch: Minibatch = {
    size,
    actionCount: n,
    actions,
    masks,
    // Ratios from about 0.6 to 1.6, so that a good part is clipped on either side.
    logProbabilities: Float64Array.from({ length: size }, (_, i) => {
      maskedLogSoftmax(logits, i * n, n, masks, i * n, logP)
      return logP[actions[i]!]! + 0.5 * symmetric()
    }),
    advantages: Float64Array.from({ length: size }, symmetric),
    returns: Float64Array.from({ length: size }, symmetric),
  }
  const coefficients = { clipRange: 0.2, vfCoef: 0.7, entCoef: 0.05 }
  const logitGradients = new Float32Array(size * n)
  const valueGradients = new Float32Array(size)
  const evaluate = (z: Float32Array, v: Float32Array): number =>
    ppoLoss(z, v, batch, coefficients, new Float32Array(size * n), new Float32Array(size)).loss

  test('has the gradient that difference quotients give, at every logit and value', () => {
    const loss = ppoLoss(logits, values, batch, coefficients, logitGradients, valueGradients)
    expect(loss.clipFraction).toBeGreaterThan(0.2)
    expect(loss.clipFraction).toBeLessThan(0.8)
    const quotient = (at: Float32Array, i: number): number => {
      const kept = at[i]!
      at[i] = kept + 1e-3
      const above = evaluate(logits, values)
      const up = at[i]!
      at[i] = kept - 1e-3
      const below = evaluate(logits, values)
      const down = at[i]!
      at[i] = kept
      return (above - below) / (up - down)
    }
    expect(
      maxDifference(
        logitGradients,
        logits.map((_, i) => quotient(logits, i)),
      ),
    ).toBeLessThan(1e-6)
    expect(
      maxDifference(
        valueGradients,
        values.map((_, i) => quotient(values, i)),
      ),
    ).toBeLessThan(1e-6)
    expect(Math.max(...logitGradients.map(Math.abs))).toBeGreaterThan(1e-3)
    masks.forEach((valid, i) => {
      if (valid === 0) expect(logitGradients[i]).toBe(0)
    })
  })

  test('is the negative mean advantage, with no KL and nothing clipped, at the policy that acted', () => {
    const own = Float64Array.from({ length: size }, (_, i) => {
      maskedLogSoftmax(logits, i * n, n, masks, i * n, logP)
      return logP[actions[i]!]!
    })
    const loss = ppoLoss(
      logits,
      values,
      { ...batch, logProbabilities: own },
      coefficients,
      logitGradients,
      valueGradients,
    )
    const mean = batch.advantages.reduce((sum, a) => sum + a, 0) / size
    expect(loss.policyLoss).toBeCloseTo(-mean, 12)
    expect(loss).toMatchObject({ clipFraction: 0, approxKl: 0 })
  })

  test('normalises advantages to mean 0 and standard deviation 1 and leaves a single one', () => {
    const advantages = Float64Array.of(1, 2, 3, 6, 99)
    normalizeAdvantages(advantages, 4)
    const [a, b, c, d, e] = advantages
    expect(a! + b! + c! + d!).toBeCloseTo(0, 12)
    expect((a! * a! + b! * b! + c! * c! + d! * d!) / 3).toBeCloseTo(1, 6)
    expect(e).toBe(99)
    const single = Float64Array.of(5)
    normalizeAdvantages(single, 1)
    expect(single[0]).toBe(5)
  })
})

describe('generalised advantage estimation', () => {
  // Two environments, four steps; the first ends its episode with step 1 (truncated), the second with step 2 (terminated).
  const input = {
    nSteps: 4,
    nEnvs: 2,
    rewards: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    values: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    ended: Uint8Array.of(0, 0, 1, 0, 0, 1, 0, 0),
    finalValues: Float64Array.of(0, 0, 9, 0, 0, 0, 0, 0),
    lastValues: Float64Array.of(10, 20),
    discounts: Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2),
    lambda: 0.95,
  }

  test('bootstraps with the final value after a truncation, with nothing after a termination, by each step`s discount', () => {
    const advantages = new Float64Array(8)
    gae(input, advantages)
    const d = (r: number, g: number, next: number, v: number): number => r + g * next - v
    const a3 = d(7, 0.3, 10, 0.7)
    const a2 = d(5, 0.5, 0.7, 0.5) + 0.5 * 0.95 * a3
    const a1 = d(3, 0.7, 9, 0.3)
    const a0 = d(1, 0.9, 0.3, 0.1) + 0.9 * 0.95 * a1
    const b3 = d(8, 0.2, 20, 0.8)
    const b2 = d(6, 0.4, 0, 0.6)
    const b1 = d(4, 0.6, 0.6, 0.4) + 0.6 * 0.95 * b2
    const b0 = d(2, 0.8, 0.4, 0.2) + 0.8 * 0.95 * b1
    expect(maxDifference(advantages, [a0, b0, a1, b1, a2, b2, a3, b3])).toBeLessThan(1e-12)
  })

  test('with lambda 1 gives the discounted return less the value', () => {
    const advantages = new Float64Array(8)
    gae({ ...input, lambda: 1 }, advantages)
    expect(advantages[4]).toBeCloseTo(5 + 0.5 * (7 + 0.3 * 10) - 0.5, 12)
  })
})

describe('the masked categorical distribution', () => {
  const logits = Float32Array.of(1, 50, 2, 3)
  const mask = Uint8Array.of(1, 0, 1, 1)
  const logP = new Float64Array(4)
  maskedLogSoftmax(logits, 0, 4, mask, 0, logP)

  test('sums to 1 over the valid actions and gives invalid ones nothing', () => {
    expect(logP[1]).toBe(Number.NEGATIVE_INFINITY)
    expect(logP.reduce((sum, p) => sum + Math.exp(p), 0)).toBeCloseTo(1, 12)
    expect(logP[3]! - logP[0]!).toBeCloseTo(2, 12)
    expect(argmaxCategorical(logP, 4)).toBe(3)
  })

  test('draws each action as often as its probability says', () => {
    const counts = [0, 0, 0, 0]
    const draws = 20_000
    for (let i = 0; i < draws; i++) counts[sampleCategorical(logP, 4, (i + 0.5) / draws)]!++
    counts.forEach((count, j) => expect(Math.abs(count / draws - Math.exp(logP[j]!))).toBeLessThan(1e-3))
    expect(sampleCategorical(logP, 4, 1 - 1e-16)).toBe(3)
  })

  test('refuses a mask that leaves nothing and logits that are not numbers', () => {
    expect(() => maskedLogSoftmax(logits, 0, 4, new Uint8Array(4), 0, logP)).toThrow(/leaves no action/)
    expect(() => maskedLogSoftmax(new Float32Array(4).fill(NaN), 0, 4, mask, 0, logP)).toThrow(/not a number/)
  })
})
