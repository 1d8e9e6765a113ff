import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { balancingPolicies, scalingPolicies, scenarioJsonSchema } from '../../../src/index.ts'
import { policyReference, scenarioReference } from '../../support/scenario-reference.ts'
import { messagesOf } from './support.ts'

const file = new URL('../../../docs/reference/scenario.md', import.meta.url)
const page = readFileSync(file, 'utf8')
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)]
  .map((match) => match[1]!)
  .filter((text) => text.includes('horizon:'))

test('the whole scenario of the reference loads', () => {
  expect(examples).toHaveLength(1)
  expect(messagesOf(examples[0]!)).toEqual([])
})

const MARK = '<!-- Made from the schema: UPDATE_DOCS=1 npx vitest run test/src/scenario/docs.test.ts -->\n'

test('the tables of every field are those of the schema', () => {
  const [written, tables] = page.split(MARK)
  const sections = [
    scenarioReference(scenarioJsonSchema()),
    policyReference('Balancing policies', balancingPolicies),
    policyReference('Scaling policies', scalingPolicies),
  ]
  const fresh = `\n${sections.join('\n')}`
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, `${written}${MARK}${fresh}`)
  else expect(tables, 'run it with UPDATE_DOCS=1').toBe(fresh)
})

test('every field says what it means', () => {
  const silent = scenarioReference(scenarioJsonSchema())
    .split('\n')
    .filter((line) => /\| (Required\.)? ?\|$/.test(line))
  expect(silent).toEqual([])
})
