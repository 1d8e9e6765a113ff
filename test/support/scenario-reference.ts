/**
 * The tables of every field in docs/reference/scenario.md, from the JSON Schema that editors use: what is in the
 * schema is in the reference, and nothing else.
 */
import type { PolicyDefinition } from '../../src/index.ts'

type Schema = {
  readonly $ref?: string
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
}

type Row = { readonly path: string; readonly type: string; readonly text: string }

/** Definitions that are one word in a table. */
const WORDS: Readonly<Record<string, string>> = {
  Duration: 'duration',
  PositiveDuration: 'duration above 0',
  Rate: 'rate',
  Fraction: 'fraction',
  Size: 'size',
  Steps: 'list of steps',
  Step: 'step',
  Key: 'key',
}

const INTEGERS_END = 9e15

export function scenarioReference(schema: object): string {
  const root = schema as Schema & { readonly $defs: Readonly<Record<string, Schema>> }
  return new Reference(root.$defs).sections(root)
}

/** One row per policy: what it may see, what it does, its parameters with their defaults. */
export function policyReference(
  title: string,
  policies: ReadonlyMap<string, PolicyDefinition<unknown>>,
): string {
  const lines = [...policies.values()].map(({ name, information, summary, defaults }) => {
    const parameters = Object.entries(defaults).map(([key, value]) => `\`${key}: ${JSON.stringify(value)}\``)
    return `| \`${name}\` | ${information} | ${summary.replaceAll('|', '\\|')} | ${parameters.join(', ')} |\n`
  })
  return `### ${title}\n\n| policy | sees | rule | parameters and defaults |\n|---|---|---|---|\n${lines.join('')}`
}

class Reference {
  private readonly definitions: Readonly<Record<string, Schema>>

  constructor(definitions: Readonly<Record<string, Schema>>) {
    this.definitions = definitions
  }

  sections(root: Schema): string {
    const scalars: Row[] = []
    const sections: string[] = []
    for (const [name, field] of Object.entries(root.properties ?? {})) {
      if (name === '$schema') continue
      const owner = this.nameOf(field)
      if (typeof field.additionalProperties === 'object') {
        sections.push(`### \`${name}.NAME\`\n\n${table(this.fields(field.additionalProperties, ''))}`)
      } else if (field.type === 'array' && owner === '' && this.isObject(field.items)) {
        sections.push(`### \`${name}[]\`\n\n${table(this.items(field.items!))}`)
      } else {
        scalars.push(this.row(name, field, root.required?.includes(name) ?? false))
      }
    }
    const step = this.definitions.Step
    if (step !== undefined) sections.push(`### Steps\n\n${table(this.fields(step, ''))}`)
    return [`### Top level\n\n${table(scalars)}`, ...sections].join('\n')
  }

  /** Of a list's item: each of its forms. */
  private items(schema: Schema): Row[] {
    const item = this.follow(schema)
    const forms = item.anyOf ?? item.oneOf
    if (forms === undefined) return this.fields(item, '')
    return forms.flatMap((form) => {
      const { properties = {}, required = [] } = this.follow(form)
      const head = Object.keys(properties)[0] ?? ''
      return this.fields({ ...this.follow(form), required }, head === '' ? '' : `${head}: `)
    })
  }

  private fields(schema: Schema, prefix: string): Row[] {
    const { properties = {}, required = [] } = this.follow(schema)
    return Object.entries(properties).flatMap(([name, field]) => {
      const path = `${prefix}${name}`
      return [this.row(path, field, required.includes(name)), ...this.nested(field, path)]
    })
  }

  private nested(field: Schema, path: string): Row[] {
    if (this.nameOf(field) !== '' || isDistribution(field)) return []
    const schema = this.follow(field)
    if (schema.properties !== undefined) return this.fields(schema, `${path}.`)
    if (typeof schema.additionalProperties === 'object')
      return this.nested(schema.additionalProperties, `${path}.NAME`)
    if (schema.items !== undefined) return this.nested(schema.items, `${path}[]`)
    return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((form) => this.nested(form, path))
  }

  private row(path: string, field: Schema, required: boolean): Row {
    const text = field.description ?? this.follow(field).description ?? ''
    return { path, type: this.typeOf(field), text: required ? `Required. ${text}`.trim() : text }
  }

  private typeOf(field: Schema): string {
    const name = this.nameOf(field)
    if (name !== '') return name
    if (isDistribution(field)) return 'distribution'
    const schema = this.follow(field)
    const forms = schema.anyOf ?? schema.oneOf
    if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ')
    if (schema.const !== undefined) return `\`${schema.const}\``
    if (forms !== undefined) return [...new Set(forms.map((form) => this.typeOf(form)))].join(' or ')
    if (schema.type === 'array')
      return `list of ${this.typeOf(schema.items ?? {})}s`.replace('of steps', 'of step')
    if (schema.type === 'object') return 'mapping'
    if (schema.type === 'number' || schema.type === 'integer') return `${schema.type}${bounds(schema)}`
    return schema.type === 'string' ? 'text' : (schema.type ?? 'any value')
  }

  private nameOf({ $ref }: Schema): string {
    const name = $ref?.replace('#/$defs/', '') ?? ''
    if (/Distribution$/.test(name))
      return `${name.startsWith('Positive') ? 'duration above 0' : 'duration'} or distribution`
    return WORDS[name] ?? ''
  }

  private isObject(schema: Schema | undefined): boolean {
    if (schema === undefined) return false
    const { properties, anyOf, oneOf } = this.follow(schema)
    return (
      properties !== undefined || [...(anyOf ?? []), ...(oneOf ?? [])].some((form) => this.isObject(form))
    )
  }

  private follow(schema: Schema): Schema {
    const name = schema.$ref?.replace('#/$defs/', '')
    return name === undefined ? schema : this.follow(this.definitions[name] ?? {})
  }
}

function isDistribution({ properties, anyOf }: Schema): boolean {
  if (properties !== undefined) return 'exponential' in properties && 'lognormal' in properties
  return (
    anyOf?.some(isDistribution) === true &&
    anyOf.every((form) => isDistribution(form) || form.type === 'number')
  )
}

function bounds({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const parts: string[] = []
  if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`)
  if (minimum !== undefined && minimum > -INTEGERS_END) parts.push(`at least ${minimum}`)
  if (maximum !== undefined && maximum < INTEGERS_END) parts.push(`at most ${maximum}`)
  return parts.length === 0 ? '' : ` ${parts.join(', ')}`
}

function table(rows: readonly Row[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
  const lines = rows.map(({ path, type, text }) => `| \`${path}\` | ${cell(type)} | ${cell(text)} |\n`)
  return `| field | type | meaning |\n|---|---|---|\n${lines.join('')}`
}
