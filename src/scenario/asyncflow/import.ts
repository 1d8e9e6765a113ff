/**
 * AsyncFlow's scenarios (https://github.com/AsyncFlow-Sim/AsyncFlow), version 0.1.1 with `rqs_input` and later
 * ones with `arrivals`. The client becomes a relay, each edge a one-way link, each server a service with one
 * replica; `docs/reference/asyncflow.md` lists where a run differs.
 */

import { checkClock } from '../checks/clock.ts'
import { guard } from '../guard.ts'
import type { LoadOptions } from '../options.ts'
import { applyOverrides, type Override } from '../overrides.ts'
import { addIssues, Problems } from '../problems.ts'
import { measuredSchema } from '../schema.ts'
import { readSource } from '../source.ts'
import type { Scenario } from '../types.ts'
import { checkEvents } from './check-events.ts'
import { checkTopology } from './check-topology.ts'
import { convert } from './convert.ts'
import { Notes } from './notes.ts'
import type { Payload } from './payload.ts'
import { readEvents, readSettings } from './read-run.ts'
import { readTopology } from './read-topology.ts'
import { readGenerator } from './read-workload.ts'
import { Reader } from './reader.ts'

const KEYS = ['rqs_input', 'topology_graph', 'sim_settings'] as const

export type ImportOptions = LoadOptions

/** Whether a parsed value is in AsyncFlow's format: by its keys. */
export function isAsyncFlow(value: unknown): boolean {
  return typeof value === 'object' && value !== null && KEYS.some((key) => Object.hasOwn(value, key))
}

/** The same for a text that may not even parse. */
export function looksLikeAsyncFlow(text: string): boolean {
  return KEYS.some((key) => new RegExp(`^\\s{0,4}(?:${key}|"${key}")\\s*:`, 'm').test(text))
}

/**
 * @param input the YAML text, or the value that it stands for.
 * @param options `warn` is told of every difference from AsyncFlow that applies, once each.
 * @throws ConfigError with every problem found.
 */
export function importAsyncFlow(input: unknown, options: ImportOptions = {}): Scenario {
  const source =
    typeof input === 'string'
      ? readSource(input, options.file, 'asyncflow')
      : { value: input, locate: undefined }
  const problems = new Problems(options.file, source.locate)
  const { own, theirs } = splitOverrides(options.set ?? [])
  const value = applyOverrides(source.value, theirs, problems)
  for (const { what, path, hint } of guard(value)) problems.add(path, what, hint)
  problems.finish()
  const reader = new Reader(problems)
  const notes = new Notes()
  const payload = readPayload(reader, value, notes)
  if (payload !== undefined && problems.list.length === 0) {
    checkTopology(reader, payload)
    checkEvents(reader, payload, notes)
  }
  problems.finish()
  const scenario = measuredAs(convert(payload!, nameOf(options.file), notes), own, problems)
  for (const [key, { path, count }] of reader.ignored) {
    notes.add(
      path,
      `"${key}" is not a field of AsyncFlow's format and is ignored, as there${count === 1 ? '' : ` (${count} times)`}`,
    )
  }
  notes.tell(problems, options.warn)
  return scenario
}

/** Fields set from outside: AsyncFlow's own, and `slo`, `warmup` and `seed`, which its format does not have. */
function splitOverrides(overrides: readonly Override[]): { own: Override[]; theirs: Override[] } {
  const isOwn = ({ path }: Override): boolean => /^(slo|warmup|seed)(\[|$)/.test(path)
  return { own: overrides.filter(isOwn), theirs: overrides.filter((override) => !isOwn(override)) }
}

/** The scenario with what is asked of its run, checked as in a scenario of ours. */
function measuredAs(scenario: Scenario, overrides: readonly Override[], problems: Problems): Scenario {
  if (overrides.length === 0) return scenario
  const parsed = measuredSchema.safeParse(applyOverrides({}, overrides, problems), { reportInput: true })
  if (!parsed.success) addIssues(problems, parsed.error.issues)
  problems.finish()
  const { warmup = scenario.warmup, seed = scenario.seed, slo = scenario.slo } = parsed.data!
  const measured = { ...scenario, warmup, seed, slo }
  checkClock({ scenario: measured, problems, raw: {}, partial: undefined })
  problems.finish()
  return measured
}

function readPayload(reader: Reader, value: unknown, notes: Notes): Payload | undefined {
  const root = reader.fields(value, [], 'a scenario', [
    'rqs_input',
    'arrivals',
    'topology_graph',
    'sim_settings',
    'events',
  ])
  if (root === undefined) return undefined
  const later = root.arrivals !== undefined
  const generator = readGenerator(reader, root, notes)
  const topology = readTopology(reader, root.topology_graph, later, notes)
  const settings = readSettings(reader, root.sim_settings, later, notes)
  const events = readEvents(reader, root.events)
  if (generator === undefined || topology === undefined || settings === undefined) return undefined
  return { generator, ...topology, ...settings, events }
}

function nameOf(file: string | undefined): string {
  const stem = file
    ?.split(/[/\\]/)
    .at(-1)
    ?.replace(/\.[^.]*$/, '')
  return stem === undefined || stem === '' ? 'AsyncFlow scenario' : stem
}
