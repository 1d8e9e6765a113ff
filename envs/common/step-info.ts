/** What an environment says beside the observation: plain data, and a view for policies that is no part of it. */
export class StepInfo<V extends object = object> {
  [name: string]: unknown
  readonly #view: V

  /** Takes over what is not undefined. */
  constructor(fields: Readonly<Record<string, unknown>>, view: V) {
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) this[name] = value
    this.#view = view
  }

  /** What a policy inside the simulator sees; valid until the next step, never serialised. */
  get view(): V {
    return this.#view
  }
}
