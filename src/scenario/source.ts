/**
 * A scenario's text as plain data with positions. JSON is read as the YAML that it is. Refused here is what
 * no scenario needs and what could hurt: duplicate keys, merge keys, tags, alias bombs, very deep nesting.
 */
import {
  Alias,
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml'
import { ConfigError, type Problem } from '../errors.ts'
import { resolveScalar } from './asyncflow/scalars.ts'
import { formatPath, type Path } from './path.ts'
import { clip } from './units.ts'

/** Characters of a scenario's text; traces belong into a file of their own. */
const MAX_TEXT = 16_000_000
/** How many nodes aliases may stand for in all. */
const MAX_ALIASES = 100

export type Position = { readonly line: number; readonly column: number }

export type Source = {
  readonly value: unknown
  readonly file: string | undefined
  /** The key of a mapping's entry, the start of a list's item; of a path that does not exist its nearest parent. */
  locate(path: Path): Position | undefined
}

export type Dialect = 'native' | 'asyncflow'

/**
 * @param dialect `asyncflow` reads every scalar as text (see `asyncflow/scalars.ts`) and allows merge keys.
 * @throws ConfigError on text that is not one YAML document of plain data.
 */
export function readSource(text: string, file: string | undefined, dialect: Dialect = 'native'): Source {
  const fail = (problems: readonly Problem[]): never => {
    throw new ConfigError(problems)
  }
  if (text.length > MAX_TEXT)
    fail([
      {
        what: `the text has more than ${MAX_TEXT} characters`,
        path: '',
        file,
        hint: 'Put traces into a CSV file.',
      },
    ])
  const counter = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const document: Document.Parsed = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    stringKeys: true,
    ...(dialect === 'asyncflow' ? { schema: 'failsafe', merge: true, stringKeys: false } : {}),
  })
  const exhausted = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION')
  if (exhausted !== undefined) {
    // Everything after it is a consequence.
    const what = 'lists or mappings are nested too deeply'
    fail([{ what, path: '', file, hint: 'Use fewer levels.', ...at(exhausted.pos[0]) }])
  }
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    ...describeSyntax(error.code, error.message),
    path: formatPath(pathAt(document, error.pos[0])),
    file,
    ...at(error.pos[0]),
  }))
  if (problems.length > 0) fail(problems)

  if (dialect === 'native') {
    visit(document, {
      Pair: (_, pair) => {
        if (!isScalar(pair.key) || pair.key.value !== '<<') return
        const offset = pair.key.range?.[0] ?? 0
        problems.push({
          what: 'merge keys are not part of the scenario language',
          path: formatPath(pathAt(document, offset)),
          hint: 'Write the fields out, or give the whole value an anchor and repeat it with an alias.',
          file,
          ...at(offset),
        })
      },
    })
  }
  const anchors = new Set<string>()
  visit(document, {
    Node: (_, node) => {
      if (!(node instanceof Alias)) {
        if (node.anchor !== undefined) anchors.add(node.anchor)
      } else if (!anchors.has(node.source)) {
        const offset = node.range?.[0] ?? 0
        problems.push({
          what: `unknown alias "${node.source}"`,
          path: formatPath(pathAt(document, offset)),
          hint: `Put the anchor &${node.source} on an earlier value.`,
          file,
          ...at(offset),
        })
      }
    },
  })
  if (problems.length > 0) fail(problems)

  if (dialect === 'asyncflow') {
    visit(document, {
      Scalar: (key, node) => {
        if (key !== 'key' && node.type === 'PLAIN') node.value = resolveScalar(node.source ?? '')
      },
    })
  }

  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    let first: Position | undefined
    visit(document, {
      Alias: (_, node) => {
        first = at(node.range?.[0] ?? 0)
        return visit.BREAK
      },
    })
    const bomb = error instanceof ReferenceError
    return fail([
      {
        what: bomb ? 'aliases stand for too many values' : clip((error as Error).message.toLowerCase()),
        path: '',
        hint: bomb ? 'Write the values out.' : 'Write the fields out.',
        file,
        ...first,
      },
    ])
  }
  return { value, file, locate: (path) => locate(document, path, at) }
}

function describeSyntax(code: string, message: string): { what: string; hint: string } {
  switch (code) {
    case 'DUPLICATE_KEY':
      return { what: 'the same key appears twice in one mapping', hint: 'Remove or rename one of the two.' }
    case 'MULTIPLE_DOCS':
      return { what: 'expected one document, got several', hint: 'Remove what follows the "---".' }
    case 'TAG_RESOLVE_FAILED':
      return { what: 'YAML tags are not part of the scenario language', hint: 'Write the plain value.' }
    case 'NON_STRING_KEY':
      return { what: 'expected a text as key', hint: 'Write the key as a plain word.' }
    case 'TAB_AS_INDENT':
      return { what: 'tabs cannot indent YAML', hint: 'Indent with spaces.' }
    default:
      return {
        what: `malformed YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.+$/, '')}`,
        hint: 'Check the indentation, the quotes and the brackets.',
      }
  }
}

function resolve(document: Document, node: unknown): Node | undefined {
  const target = node instanceof Alias ? node.resolve(document) : node
  return (target ?? undefined) as Node | undefined
}

function locate(document: Document, path: Path, at: (offset: number) => Position): Position | undefined {
  let node = resolve(document, document.contents)
  let offset = node?.range?.[0]
  for (const part of path) {
    if (isMap(node)) {
      // The last of equal keys counts, as it does for the value.
      const pair = node.items.findLast(
        (item) => isScalar(item.key) && String(item.key.value) === String(part),
      )
      if (pair === undefined) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = resolve(document, pair.value)
    } else if (isSeq(node)) {
      const item = node.items[Number(part)]
      if (item === undefined) break
      offset = (item as Node).range?.[0] ?? offset
      node = resolve(document, item)
    } else break
  }
  return offset === undefined ? undefined : at(offset)
}

/** The path of the deepest value that begins at or holds the offset. */
function pathAt(document: Document, offset: number): Path {
  const path: (string | number)[] = []
  let node: unknown = document.contents
  for (;;) {
    let next: unknown
    if (isMap(node)) {
      for (const pair of node.items) {
        const start = (pair.key as Node | null)?.range?.[0] ?? Number.POSITIVE_INFINITY
        const end = (pair.value as Node | null)?.range?.[2] ?? (pair.key as Node | null)?.range?.[2] ?? -1
        if (start > offset || offset >= Math.max(end, start + 1)) continue
        path.push(isScalar(pair.key) ? String(pair.key.value) : '')
        next =
          offset >= ((pair.value as Node | null)?.range?.[0] ?? Number.POSITIVE_INFINITY)
            ? pair.value
            : undefined
        break
      }
    } else if (isSeq(node)) {
      const index = node.items.findIndex((item) => {
        const range = (item as Node).range
        return range != null && range[0] <= offset && offset < range[2]
      })
      if (index >= 0) {
        path.push(index)
        next = node.items[index]
      }
    }
    if (next === undefined || next === null) return path
    node = next
  }
}
