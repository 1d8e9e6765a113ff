/** Run with UPDATE_SCHEMA=1 to write the file anew after a change of the schema. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scenarioJsonSchema } from '../../../src/scenario/index.ts'

const FILE = new URL('../../../scenarios/scenario.schema.json', import.meta.url)

test('the JSON Schema that editors use is that of the code', () => {
  const generated = `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`
  if (process.env.UPDATE_SCHEMA === '1') writeFileSync(FILE, generated)
  expect(readFileSync(FILE, 'utf8')).toBe(generated)
})

type Json = { [key: string]: Json }

test('it describes fields, quantities and every reference', () => {
  const schema = scenarioJsonSchema() as Json
  expect(schema.required).toEqual(['horizon', 'workloads'])
  expect(schema.additionalProperties).toBe(false)
  const service = schema.properties?.services?.additionalProperties as Json
  expect(service.properties?.cores).toMatchObject({ type: 'integer', minimum: 1, description: 'Default 1.' })
  expect(service.required).toEqual(['endpoints'])
  const duration = schema.$defs?.Duration as { anyOf: { type: string; pattern?: string }[] } | undefined
  const pattern = new RegExp(duration?.anyOf.find(({ type }) => type === 'string')?.pattern ?? '')
  expect(['20ms', '1.5 s', '10min'].every((text) => pattern.test(text))).toBe(true)
  expect(['20', '20MB', 'fast'].some((text) => pattern.test(text))).toBe(false)
  const references = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/(\w+)"/g)].map(
    (match) => match[1]!,
  )
  expect(references.length).toBeGreaterThan(10)
  expect(references.filter((name) => !Object.hasOwn(schema.$defs ?? {}, name))).toEqual([])
})
