/**
 * Every option of a JSON Schema, and those that a document uses. An option is a property of an object; objects with the same
 * properties are one, wherever they stand, so that a retry is the same at a workload and at a call; distributions that
 * differ in their bounds alone are one too.
 */

type Schema = {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

export class SchemaOptions {
  /** First path of each option by its id. */
  readonly paths: Map<string, string> = new Map()
  private readonly root: Schema
  private readonly definitions: Readonly<Record<string, Schema>>
  private readonly ids = new Map<object, string>()

  constructor(schema: object) {
    this.root = schema as Schema
    this.definitions = (schema as { $defs?: Record<string, Schema> }).$defs ?? {}
    this.enumerate(this.root, '', new Set())
  }

  private follow(schema: Schema): Schema {
    const name = schema.$ref?.replace('#/$defs/', '')
    return name === undefined ? schema : this.follow(this.definitions[name]!)
  }

  private forms(schema: Schema): Schema[] {
    const { anyOf, oneOf, ...own } = this.follow(schema)
    const list = [...(anyOf ?? []), ...(oneOf ?? [])]
    if (list.length === 0) return [this.follow(schema)]
    return [...list.flatMap((form) => this.forms(form)), ...(own.properties === undefined ? [] : [own])]
  }

  private idOf({ properties }: Schema, name: string): string {
    const known = this.ids.get(properties!)
    const names = Object.keys(properties!)
    const isDistribution = names.includes('exponential') && names.includes('lognormal')
    if (isDistribution) {
      for (const field of Object.values(properties!)) {
        for (const form of this.forms(field))
          if (form.properties !== undefined)
            this.ids.set(form.properties, `a distribution of ${Object.keys(form.properties)}`)
      }
    }
    const id = known ?? (isDistribution ? 'a distribution' : JSON.stringify(properties))
    if (known === undefined) this.ids.set(properties!, id)
    return `${name} of ${id}`
  }

  private enumerate(schema: Schema, path: string, above: ReadonlySet<object>): void {
    for (const form of this.forms(schema)) {
      if (above.has(form)) continue
      const inside = new Set([...above, form])
      for (const [name, field] of Object.entries(form.properties ?? {})) {
        if (name === '$schema') continue
        const id = this.idOf(form, name)
        const at = path === '' ? name : `${path}.${name}`
        if (this.paths.has(id)) continue
        this.paths.set(id, at)
        this.enumerate(field, at, inside)
      }
      if (typeof form.additionalProperties === 'object')
        this.enumerate(form.additionalProperties, `${path}.NAME`, inside)
      if (typeof form.items === 'object') this.enumerate(form.items, `${path}[]`, inside)
    }
  }

  /** Ids of the options that the document uses. */
  usedBy(document: unknown): Set<string> {
    const used = new Set<string>()
    this.collect(document, this.root, used)
    return used
  }

  private collect(value: unknown, schema: Schema, used: Set<string>): void {
    for (const form of this.forms(schema)) {
      if (!this.fits(value, form)) continue
      if (Array.isArray(value)) {
        for (const item of value) if (typeof form.items === 'object') this.collect(item, form.items, used)
      } else if (typeof value === 'object' && value !== null) {
        for (const [name, item] of Object.entries(value)) {
          const field = form.properties?.[name]
          if (field !== undefined) {
            used.add(this.idOf(form, name))
            this.collect(item, field, used)
          } else if (typeof form.additionalProperties === 'object') {
            this.collect(item, form.additionalProperties, used)
          }
        }
      }
    }
  }

  /** Whether the value has the shape of the form; numbers and texts with units are not looked at. */
  private fits(value: unknown, form: Schema): boolean {
    if (form.enum !== undefined) return form.enum.includes(value)
    if (form.const !== undefined) return form.const === value
    const { items } = form
    if (Array.isArray(value)) {
      if (form.type !== undefined && form.type !== 'array') return false
      return typeof items !== 'object' || value.every((item) => this.fitsAny(item, items))
    }
    if (typeof value === 'object' && value !== null) {
      if (form.type !== undefined && form.type !== 'object') return false
      return Object.entries(value).every(([name, item]) => {
        const field = form.properties?.[name] ?? form.additionalProperties
        return field === true || (typeof field === 'object' && this.fitsAny(item, field))
      })
    }
    return form.type !== 'object' && form.type !== 'array'
  }

  private fitsAny(value: unknown, schema: Schema): boolean {
    return this.forms(schema).some((form) => this.fits(value, form))
  }
}
