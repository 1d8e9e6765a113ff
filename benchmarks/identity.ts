/**
 * What a result depends on besides its own description: the package's code. Results of other code are other
 * results, so that an edit never finds stale ones.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canonicalJson } from './canonical-json.ts'

export type Identity = {
  /** Of this package. */
  readonly version: string
  /** SHA-256 of the modules of src, envs, agents and of the harness. */
  readonly code: string
}

const LAYERS = ['src', 'envs', 'agents', 'benchmarks/units']

let known: Identity | undefined

/** Read once per process. */
export function identity(): Identity {
  known ??= { version: packageVersion(), code: codeDigest() }
  return known
}

/** SHA-256 of plain data, whatever the order of its keys; hexadecimal. */
export function hashOf(data: unknown): string {
  return hashBytes(canonicalJson(data))
}

export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function codeDigest(): string {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const ending = extname(fileURLToPath(import.meta.url))
  const sha = createHash('sha256')
  for (const layer of LAYERS) {
    for (const file of filesUnder(join(root, layer), ending)) {
      sha.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return sha.digest('hex')
}

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** The nearest package.json upwards is the package's own, of sources and of dist alike. */
function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      return (JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { version: string })
        .version
    } catch (error) {
      if (new URL('..', folder).href === folder.href) throw error
    }
  }
}
