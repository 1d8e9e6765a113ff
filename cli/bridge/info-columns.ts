/**
 * The infos of several environments by key, as Gymnasium's vector environments have them. A column is
 * `[kind, data, present]`: numbers (n), booleans (b), texts (s) joined by NUL, arrays of one length (a) stacked,
 * objects (m) as columns again, anything else (o) as a list. Null beside numbers is NaN, where the first is a number.
 * `present` is null where every environment has the key, else an array of 0 and 1.
 */
import type { MessageWriter, WireArray } from './wire.ts'

type Row = Readonly<Record<string, unknown>>
type Kind = 'n' | 'b' | 's' | 'a' | 'm' | 'o'

const SEPARATOR = '\0'

/** A column on its way out: reading it is one pass over the rows. */
class Column {
  kind: Kind | undefined
  /** Of `a`: the elements of each array. */
  width = 0
  missing = 0
  readonly values: unknown[]

  constructor(rows: readonly (Row | undefined)[], key: string) {
    this.values = new Array(rows.length)
    for (let i = 0; i < rows.length; i++) {
      const value = rows[i]?.[key]
      const known = typeof value === 'function' ? undefined : value
      this.values[i] = known
      if (known === undefined) this.missing++
      else this.admit(known)
    }
  }

  private admit(value: unknown): void {
    const kind = kindOf(value)
    if (this.kind === undefined) {
      this.kind = kind
      if (kind === 'a') this.width = (value as WireArray).length
    } else if (this.kind !== kind && !(this.kind === 'n' && value === null)) this.kind = 'o'
    if (this.kind === 'a' && !this.stacks(value as WireArray)) this.kind = 'o'
    else if (this.kind === 's' && (value as string).includes(SEPARATOR)) this.kind = 'o'
  }

  private stacks(value: WireArray): boolean {
    const first = this.values.find((one) => one !== undefined) as WireArray
    return value.length === this.width && value.constructor === first.constructor
  }
}

/** `wanted`: these keys alone, where the rows have them. */
export function writeColumns(
  out: MessageWriter,
  rows: readonly (Row | undefined)[],
  wanted: readonly string[] | null = null,
): void {
  const countAt = out.openMap()
  let count = 0
  for (const key of wanted ?? keysOf(rows)) {
    const column = new Column(rows, key)
    if (column.kind === undefined) continue
    out.text(key).list(3).text(column.kind)
    writeData(out, column, column.kind)
    if (column.missing === 0) out.nil()
    else out.array(Uint8Array.from(column.values, (value) => (value === undefined ? 0 : 1)))
    count++
  }
  out.closeMap(countAt, count)
}

function writeData(out: MessageWriter, { values, width }: Column, kind: Kind): void {
  const count = values.length
  if (kind === 'm') writeColumns(out, values as Row[])
  else if (kind === 's') out.text((values as string[]).join(SEPARATOR))
  else if (kind === 'o') out.value(values.map((value) => value ?? null))
  else if (kind === 'n') {
    const numbers = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      const value = values[i] as number | null | undefined
      numbers[i] = value === null ? Number.NaN : (value ?? 0)
    }
    out.array(numbers)
  } else if (kind === 'b') {
    const flags = new Uint8Array(count)
    for (let i = 0; i < count; i++) flags[i] = values[i] === true ? 1 : 0
    out.array(flags)
  } else {
    const first = values.find((value) => value !== undefined) as WireArray
    const stacked = new (first.constructor as new (length: number) => WireArray)(count * width)
    for (let i = 0; i < count; i++) {
      const value = values[i] as WireArray | undefined
      if (value !== undefined) stacked.set(value, i * width)
    }
    out.array(stacked, [count, width])
  }
}

/** All keys of all rows; nearly always those of the first. */
function keysOf(rows: readonly (Row | undefined)[]): Iterable<string> {
  let known: string[] | undefined
  let more: Set<string> | undefined
  for (const row of rows) {
    if (row === undefined) continue
    const keys = Object.keys(row)
    if (known === undefined) known = keys
    else if (!sameKeys(keys, known)) {
      more ??= new Set(known)
      for (const key of keys) more.add(key)
    }
  }
  return more ?? known ?? []
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'number':
      return 'n'
    case 'boolean':
      return 'b'
    case 'string':
      return 's'
    default:
      if (value === null || Array.isArray(value)) return 'o'
      return ArrayBuffer.isView(value) ? 'a' : 'm'
  }
}
