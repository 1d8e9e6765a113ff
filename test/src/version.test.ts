import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VERSION } from '../../src/version.ts'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

test('the version is that of package.json, of the lock file and of the citation', () => {
  expect(JSON.parse(read('package.json')).version).toBe(VERSION)
  expect(JSON.parse(read('package-lock.json')).packages[''].version).toBe(VERSION)
  expect(read('CITATION.cff')).toContain(`\nversion: ${VERSION}\n`)
  expect(read('CHANGELOG.md')).toContain(`## ${VERSION}`)
})

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/)
})
