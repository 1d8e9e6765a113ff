/** A digest of the loaded scenario: equal for equal meaning, whatever the order of keys or the units written. */
import type { Scenario } from './types.ts'

/** 16 hexadecimal digits: 64-bit FNV-1a of the canonical JSON in UTF-8. */
export function scenarioHash(scenario: Scenario): string {
  return fnv1a64(canonical(scenario))
}

/** JSON with sorted keys, without undefined fields; infinite numbers as texts that no field holds. */
export function canonical(value: unknown): string {
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(Object.is(value, -0) ? 0 : value) : `"#${value}"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}

export function fnv1a64(text: string): string {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (const byte of new TextEncoder().encode(text)) {
    low = (low ^ byte) >>> 0
    // times 2^40 + 0x1b3
    const product = low * 0x1b3
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x100000000) + (low << 8)) >>> 0
    low = product >>> 0
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}
