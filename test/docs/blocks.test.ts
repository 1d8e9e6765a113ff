/**
 * The documentation is run: commands and programs end as they should, scenarios load, and what is shown as output is
 * what comes out. CONTRIBUTING.md says how a block tells the tests what to do with it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadScenario } from '../../src/index.ts'
import { ROOT } from '../support/cli.ts'
import { PYTHON, runPython } from '../support/python.ts'
import { type Block, commandsOf, ONLY, readBlocks, wordsOf } from './read-blocks.ts'

type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string }
type Command = { readonly block: Block; readonly text: string; readonly words: readonly string[] }
type Document = {
  readonly folder: string
  readonly blocks: readonly Block[]
  readonly commands: readonly Command[]
}

const FILES = [
  'README.md',
  'CONTRIBUTING.md',
  ...markdownUnder('docs'),
  ...markdownUnder('envs'),
  ...markdownUnder('scenarios'),
  'benchmarks/README.md',
  'python/README.md',
].filter((file) => ONLY === undefined || file.startsWith(ONLY))

/** Inside of the package, so that its own name leads to what is built. */
mkdirSync(join(ROOT, '.cache'), { recursive: true })
const folder = mkdtempSync(join(ROOT, '.cache/docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const documents = FILES.map(prepare)
const outcomes = runAll(documents)

/** The folder of a document has `scenarios/`, and the files that its blocks name in their first line. */
function prepare(file: string, index: number): Document {
  const own = join(folder, String(index))
  mkdirSync(own)
  symlinkSync(join(ROOT, 'scenarios'), join(own, 'scenarios'))
  const blocks = readBlocks(file, readFileSync(join(ROOT, file), 'utf8'))
  const commands = blocks.flatMap((block): Command[] => {
    const name = nameOf(block)
    if (name !== undefined) writeFileSync(join(own, name), block.text)
    if (block.language !== 'sh' || block.skip !== undefined) return []
    return commandsOf(block).flatMap((text): Command[] => {
      const [program, ...words] = wordsOf(text)
      if (program === 'npx' && words[0] === 'asyncflow')
        return [{ block, text, words: [...words.slice(1), ...wordsOf(block.add)] }]
      if (program === 'cat') execFileSync('sh', ['-c', text], { cwd: own })
      // What npm does is how the tests themselves are run.
      else if (program !== 'npm') throw new Error(`${file}:${block.line}: cannot run "${text}"`)
      return []
    })
  })
  return { folder: own, blocks, commands }
}

function runAll(all: readonly Document[]): Map<Command, Outcome> {
  const input = all.map(({ folder: own, commands }) => ({
    folder: own,
    commands: commands.map(({ words }) => words),
  }))
  const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'test/docs/run-blocks.mjs')], {
    input: JSON.stringify(input),
    env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (stdout === '') throw new Error(stderr)
  const results = JSON.parse(stdout) as Outcome[]
  return new Map(all.flatMap(({ commands }) => commands).map((command, i) => [command, results[i]!]))
}

/** A program in TypeScript, in a process of its own: it must name all that it needs. */
function runProgram(own: string, { text, line }: Block): Outcome {
  const module = join(own, `line-${line}.mjs`)
  const options = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext }
  writeFileSync(module, ts.transpileModule(text, { compilerOptions: options }).outputText)
  const { status, stdout, stderr } = spawnSync(process.execPath, [module], {
    cwd: own,
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  })
  return { code: status ?? 1, stdout, stderr }
}

/** `# shop.yml` as the first line. */
function nameOf({ language, text }: Block): string | undefined {
  return language === 'yaml' ? /^# ([\w-]+\.ya?ml)\n/.exec(text)?.[1] : undefined
}

function markdownUnder(path: string): string[] {
  return readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(path, name))
    .sort()
}

/** A part of a scenario is loaded with what it needs beside it. */
function completed(block: Block): string {
  const value = parse(block.text, { maxAliasCount: 0 }) as Record<string, unknown> | null
  if (value === null || 'horizon' in value || 'rqs_input' in value) return block.text
  const [first] = Object.keys((value.services ?? {}) as object)
  return `horizon: 1min\nworkloads: { users: { to: ${first}, arrivals: { poisson: { rate: 1 } } } }\n${block.text}`
}

function ofLanguage(blocks: readonly Block[], wanted: string): Block[] {
  return blocks.filter(({ language, skip }) => language === wanted && skip === undefined)
}

const cases = FILES.map((file, i) => ({ file, ...documents[i]! }))

describe.each(cases)('$file', ({ folder: own, blocks, commands }) => {
  for (const command of commands) {
    test(`line ${command.block.line}: ${command.text}`, () => {
      const { code, stderr } = outcomes.get(command)!
      const wanted = command.block.exit
      expect({ code, stderr: code === wanted ? '' : stderr }).toEqual({ code: wanted, stderr: '' })
    })
  }

  blocks.forEach((block, b) => {
    const command = commands.filter((one) => one.block === blocks[b - 1]).at(-1)
    if (block.language !== 'text' || command === undefined || !command.block.verbatim) return
    test(`line ${block.line}: the output`, () => {
      const { stdout } = outcomes.get(command)!
      const [text = '', rest] = block.text.split(/^…\n/m)
      expect(rest === undefined ? stdout : stdout.slice(0, text.length)).toBe(text)
    })
  })

  for (const block of ofLanguage(blocks, 'ts')) {
    test(`line ${block.line}: the program`, () => {
      const { code, stderr } = runProgram(own, block)
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    })
  }

  for (const block of ofLanguage(blocks, 'yaml')) {
    const isWhole = /^(horizon|rqs_input):/m.test(block.text)
    if (parse(block.text) === null || (nameOf(block) !== undefined && !isWhole)) continue
    test(`line ${block.line}: the scenario`, () => {
      expect(() => loadScenario(completed(block), { file: `${block.file}:${block.line}` })).not.toThrow()
    })
  }

  const python = ofLanguage(blocks, 'python')
  if (PYTHON !== undefined && python.length > 0) {
    test('the programs in Python', async () => {
      // One process for all, each with names of its own.
      const program = python.map(({ text, file, line }) => {
        const [source, name] = [text, `${file}:${line}`].map((value) => JSON.stringify(value))
        return `exec(compile(${source}, ${name}, 'exec'), {'__name__': '__main__'})`
      })
      const { code, stderr } = await runPython(['-c', program.join('\n')])
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    })
  }

  test('every block says in which language it is', () => {
    expect(blocks.filter(({ language }) => language === '').map(({ line }) => line)).toEqual([])
  })
})
