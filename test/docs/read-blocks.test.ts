import { describe, expect, test } from 'vitest'
import { commandsOf, readBlocks, wordsOf } from './read-blocks.ts'

const read = (info: string, body: string): ReturnType<typeof readBlocks> =>
  readBlocks('a.md', `Text.\n\n\`\`\`${info}\n${body}\n\`\`\`\n`)

describe.skipIf(process.env.DOCS !== undefined)('a code block', () => {
  test('says its language, its line and what is different in tests', () => {
    const [block] = read('sh with="--max 2" replace="10=>1; a=>b" exit="1"', 'npx a --for 10')
    expect(block).toEqual({
      ...{ file: 'a.md', line: 3, language: 'sh', text: 'npx b --for 1\n' },
      ...{ add: '--max 2', exit: 1, skip: undefined, verbatim: false },
    })
    expect(read('ts', '1')[0]).toMatchObject({ language: 'ts', verbatim: true, exit: 0 })
  })

  test('is refused where it says what is not known, or replaces what is not there', () => {
    expect(() => read('sh whith="x"', 'a')).toThrow('a.md:3: "whith" is not known')
    expect(() => read('sh replace="b=>c"', 'a')).toThrow('a.md:3: there is no "b" to replace')
  })

  test('is split into commands and words as a shell does', () => {
    const [block] = read(
      'sh',
      '# first\nnpx a \\\n  --slo \'p95 < 1s, errors < 1%\'  # why\n\nnpx b="c d"e#f',
    )
    expect(commandsOf(block!)).toEqual(["npx a    --slo 'p95 < 1s, errors < 1%'", 'npx b="c d"e#f'])
    expect(commandsOf(block!).map(wordsOf)).toEqual([
      ['npx', 'a', '--slo', 'p95 < 1s, errors < 1%'],
      ['npx', 'b=c de#f'],
    ])
  })
})
