/** Environment ids: `[namespace/]Name[-v<version>]`, Gymnasium's grammar without its module prefix. */
import { reject } from '../random/check.ts'

export type EnvId = {
  readonly namespace?: string | undefined
  readonly name: string
  readonly version?: number | undefined
}

const GRAMMAR = /^(?:(?<namespace>[\w:-]+)\/)?(?<name>[\w:.-]+?)(?:-v(?<version>\d+))?$/

/** Throws ConfigError for an id out of the grammar. */
export function parseEnvId(id: string): EnvId {
  const parts = GRAMMAR.exec(id)?.groups
  if (parts?.name === undefined) {
    return reject(`malformed environment id "${id}"`, '', '', 'Write it as "Name-v0" or "namespace/Name-v0".')
  }
  const version = parts.version === undefined ? undefined : Number(parts.version)
  return { namespace: parts.namespace, name: parts.name, version }
}

export function formatEnvId({ namespace, name, version }: EnvId): string {
  return `${namespace === undefined ? '' : `${namespace}/`}${name}${version === undefined ? '' : `-v${version}`}`
}
