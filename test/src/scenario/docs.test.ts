import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { messagesOf } from './support.ts'

const page = readFileSync(new URL('../../../docs/reference/scenario.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)]
  .map((match) => match[1]!)
  .filter((text) => text.includes('horizon:'))

test('the whole scenario of the reference loads', () => {
  expect(examples).toHaveLength(1)
  expect(messagesOf(examples[0]!)).toEqual([])
})
