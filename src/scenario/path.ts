/** Paths into a document: lists of keys and indices, written `services.web.endpoints.browse[2].call`. */

export type Path = readonly (string | number)[]

export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

/** The inverse, for paths whose keys hold neither dots nor brackets. */
export function parsePath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map((match) =>
    match[1] === undefined ? match[0] : Number(match[1]),
  )
}

/** The longest beginning of the path that exists in the value. */
export function existing(value: unknown, path: Path): Path {
  let current = value
  for (let i = 0; i < path.length; i++) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, path[i]!))
      return path.slice(0, i)
    current = (current as Record<string | number, unknown>)[path[i]!]
  }
  return path
}

/** A value as an error message quotes it. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping'
  if (typeof value === 'string') return JSON.stringify(value.length <= 40 ? value : `${value.slice(0, 39)}…`)
  return String(value)
}
