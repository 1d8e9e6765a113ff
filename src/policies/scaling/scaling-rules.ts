/** How fast a Kubernetes autoscaler may change the number of replicas (`behavior` of autoscaling/v2). */
import type { Params } from '../params.ts'

export type RateLimit = {
  readonly kind: 'pods' | 'percent'
  /** Replicas, or percent of the replicas at the start of the period. */
  readonly value: number
  /** Seconds. */
  readonly period: number
}

export type ScalingRules = {
  /** Which of several limits holds: the one that allows most, least, or no change at all. */
  readonly select: 'max' | 'min' | 'disabled'
  readonly limits: readonly RateLimit[]
}

/** A change of the target that this policy made. */
export type ScaleEvent = { readonly time: number; readonly change: number }

/** Against rounding: 1.2 x 5 must not become 7 replicas. */
export const EPSILON = 1e-9

/** The number of replicas that the rules allow at most when growing (`direction` 1), at least when shrinking (-1). */
export function rateLimit(
  rules: ScalingRules,
  direction: 1 | -1,
  current: number,
  time: number,
  events: readonly ScaleEvent[],
): number {
  if (rules.select === 'disabled') return current
  let limit = Number.NaN
  for (const { kind, value, period } of rules.limits) {
    let periodStart = current
    for (const event of events) {
      if (event.time > time - period + EPSILON) periodStart -= event.change
    }
    const allowed = kind === 'pods' ? periodStart + direction * value : percent(periodStart, direction, value)
    const most = rules.select === 'max' ? direction : -direction
    if (Number.isNaN(limit) || (allowed - limit) * most > 0) limit = allowed
  }
  return direction === 1 ? Math.max(current, limit) : Math.min(current, limit)
}

function percent(periodStart: number, direction: 1 | -1, value: number): number {
  const exact = periodStart * (1 + (direction * value) / 100)
  return direction === 1 ? Math.ceil(exact - EPSILON) : Math.trunc(exact + EPSILON)
}

/** Reads `field` of the parameter `behaviour`: `{ select, policies: [{ pods | percent, period }] }`. */
export function readRules(
  reader: Params,
  behaviour: Readonly<Record<string, unknown>>,
  field: 'up' | 'down',
  fallback: ScalingRules,
): ScalingRules {
  const path = `behaviour.${field}`
  const written = behaviour[field]
  if (written === undefined) return fallback
  if (!isRecord(written)) {
    reader.reject(`expected { select, policies }, got ${JSON.stringify(written)}`, path)
    return fallback
  }
  for (const key of Object.keys(written)) {
    if (key !== 'select' && key !== 'policies') reader.reject(`unknown field "${key}"`, `${path}.${key}`)
  }
  const select = written.select === undefined ? fallback.select : written.select
  if (select !== 'max' && select !== 'min' && select !== 'disabled') {
    reader.reject(`expected one of max, min, disabled, got ${JSON.stringify(select)}`, `${path}.select`)
    return fallback
  }
  if (written.policies === undefined) return { select, limits: fallback.limits }
  if (!Array.isArray(written.policies) || written.policies.length === 0) {
    reader.reject('expected a list of at least one rate limit', `${path}.policies`)
    return fallback
  }
  return {
    select,
    limits: written.policies.map((limit, i) => readLimit(reader, limit, `${path}.policies[${i}]`)),
  }
}

function readLimit(reader: Params, written: unknown, path: string): RateLimit {
  if (isRecord(written)) {
    const { pods, percent: share, period, ...others } = written
    const kind = pods === undefined ? 'percent' : 'pods'
    const value = asNumber(pods ?? share, '%')
    const seconds = asNumber(period, 's')
    const alone = (pods === undefined) !== (share === undefined) && Object.keys(others).length === 0
    if (alone && value > 0 && Number.isFinite(value) && seconds > 0 && seconds <= 1800) {
      return { kind, value, period: seconds }
    }
  }
  reader.reject(
    `expected a rate limit, got ${JSON.stringify(written)}`,
    path,
    'Write { pods: 4, period: 15 } or { percent: 100, period: 15 }, with a period of at most 1800 s.',
  )
  return { kind: 'pods', value: 1, period: 15 }
}

function asNumber(value: unknown, unit: string): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.endsWith(unit) ? Number(value.slice(0, -unit.length)) : Number.NaN
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
