import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findViolations, LAYERS, sourceFiles } from './support/layering.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('the sources', () => {
  const files = sourceFiles(root)

  test.each(LAYERS)('%s keeps to its imports and to exactly specified arithmetic', (layer) => {
    const own = files.filter(({ file }) => file.startsWith(`${layer}/`))
    expect(own.length).toBeGreaterThan(0)
    expect(own.flatMap(({ file, text }) => findViolations(file, text))).toEqual([])
  })
})

describe('the check', () => {
  test.each([
    ['src/a.ts', `import { make } from '../envs/index.ts'`, 'imports envs/index.ts'],
    ['src/a/b.ts', `export * from '../../agents/ppo.ts'`, 'imports agents/ppo.ts'],
    ['envs/a.ts', `import type { Agent } from '../agents/agent.ts'`, 'imports agents/agent.ts'],
    ['agents/a.ts', `const x = await import('../src/engine/kernel.ts')`, 'imports src/engine/kernel.ts'],
    ['agents/a.ts', `type X = import('../envs/index.ts').X`, 'imports envs/index.ts'],
    ['benchmarks/a.ts', `import '../cli/main.ts'`, 'imports cli/main.ts'],
    ['src/a.ts', `import { readFileSync } from 'node:fs'`, 'src runs in a browser'],
    ['src/a.ts', `import { Command } from 'commander'`, 'may use the packages'],
    ['src/a.ts', `const home = process.env.HOME`, 'uses process'],
    ['src/a.ts', `const y = Buffer.from('x')`, 'uses Buffer'],
    ['src/a.ts', `const y = Math.exp(1)`, 'Use src/random/math.ts'],
    ['envs/a.ts', `const y = Math['pow'](2, 3)`, 'Use src/random/math.ts'],
    ['agents/a.ts', `const { tanh } = Math`, 'takes Math apart'],
    ['agents/a.ts', `const y = 2 ** 3`, 'uses **'],
    ['agents/a.ts', `let y = 2; y **= 3`, 'uses **'],
    ['envs/a.ts', `const y = Math.random()`, 'uses Math.random'],
    ['agents/a.ts', `const y = Date.now()`, 'uses Date'],
    ['src/a.ts', `const y = performance.now()`, 'uses performance'],
  ])('finds in %s: %s', (file, text, message) => {
    const findings = findViolations(file, `\n${text}\n`)
    expect(findings).toHaveLength(1)
    expect(findings[0]).toContain(`${file}:2 `)
    expect(findings[0]).toContain(message)
  })

  test.each([
    ['src/a.ts', `// Math.exp(1) ** 2, process.env and Date.now() in a comment\nconst text = 'Math.exp(1)'`],
    ['src/a.ts', `const y = Math.sqrt(2) + Math.floor(Math.PI)`],
    ['src/a.ts', `const y = table.process + table.Date`],
    ['src/a.ts', `type Row = { readonly performance: number }\nconst row = { performance: 1 }`],
    [
      'agents/a.ts',
      `import { exp } from '../src/random/math.ts'\nimport { SimError } from '../src/errors.ts'`,
    ],
    ['envs/a.ts', `import { make } from './registry.ts'\nimport { OUTCOMES } from '../src/results/types.ts'`],
    ['benchmarks/a.ts', `import { readFileSync } from 'node:fs'\nconst y = Math.exp(1) ** 2 + Date.now()`],
    ['cli/a.ts', `import { runSuite } from '../benchmarks/index.ts'`],
  ])('finds nothing in %s: %s', (file, text) => {
    expect(findViolations(file, text)).toEqual([])
  })
})
