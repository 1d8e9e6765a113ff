import { readFileSync } from 'node:fs'

/** A file of test/fixtures/statistics. */
// biome-ignore lint/suspicious/noExplicitAny: figures of known shape
export function readFixture(name: string): any {
  return JSON.parse(readFileSync(new URL(`../../fixtures/statistics/${name}`, import.meta.url), 'utf8'))
}
