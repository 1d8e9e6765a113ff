/**
 * Environments by id, `namespace/Name-v0`: a change that can change results is a new version. The newest
 * version answers to the bare name, an older one still works and says so.
 */
import { SimError, UnknownIdError } from '../errors.ts'
import { nearest } from '../policies/nearest.ts'
import { reject } from '../random/check.ts'
import type { Env, EnvSpec } from './env.ts'
import { formatEnvId, parseEnvId } from './env-id.ts'
import { OrderEnforcing } from './wrappers/order-enforcing.ts'
import { PassiveEnvChecker } from './wrappers/passive-env-checker.ts'
import { TimeLimit } from './wrappers/time-limit.ts'

/** What `register` takes: an `EnvSpec` without what the id says already. */
export type EnvRegistration = Omit<EnvSpec, 'namespace' | 'name' | 'version' | 'kwargs'> & {
  /** Defaults of the keyword arguments. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined
}

/** A spec as plain data: `make` takes it back wherever the same environment is registered. */
export type EnvSpecJSON = {
  readonly id: string
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly maxEpisodeSteps?: number | undefined
  readonly rewardThreshold?: number | undefined
  readonly nondeterministic?: boolean | undefined
  readonly description?: string | undefined
}

export type MakeOptions = {
  /** Replaces the spec's limit; 0 for none. */
  readonly maxEpisodeSteps?: number | undefined
  /** Told about outdated versions and ids without a version; by default nobody is. */
  readonly warn?: ((message: string) => void) | undefined
  /** Checks every action and result against the spaces; costs time on every step. @default false */
  readonly check?: boolean | undefined
}

export class EnvRegistry {
  private readonly specs = new Map<string, EnvSpec>()

  /** Throws ConfigError for a malformed id and SimError (`duplicate-id`) for one that is taken. */
  register(registration: EnvRegistration): EnvSpec {
    const { namespace, name, version } = parseEnvId(registration.id)
    const spec: EnvSpec = Object.freeze({
      ...registration,
      namespace,
      name,
      version,
      kwargs: Object.freeze({ ...registration.kwargs }),
    })
    checkLimit(spec.maxEpisodeSteps, spec.id)
    if (this.specs.has(spec.id)) {
      throw new SimError(
        'duplicate-id',
        `environment "${spec.id}" is registered already. Give it a new version.`,
      )
    }
    const sibling = this.family(spec).find(
      (other) => (other.version === undefined) !== (version === undefined),
    )
    if (sibling !== undefined) {
      throw new SimError(
        'duplicate-id',
        `environment "${spec.id}" clashes with "${sibling.id}". Version all of one name, or none.`,
      )
    }
    this.specs.set(spec.id, spec)
    return spec
  }

  /**
   * The spec of an id; of the newest version where the id has none. Throws UnknownIdError with the nearest
   * id or, when only the version is unknown, the versions there are.
   */
  spec(id: string, options: Pick<MakeOptions, 'warn'> = {}): EnvSpec {
    const parsed = parseEnvId(id)
    const family = this.family(parsed)
    const newest = family[0]
    if (newest === undefined) throw this.unknown(id)
    if (parsed.version === undefined) {
      if (newest.version !== undefined)
        options.warn?.(`environment "${id}" has no version. Using "${newest.id}".`)
      return newest
    }
    const found = family.find((spec) => spec.version === parsed.version)
    if (found === undefined) throw unknownVersion(id, family)
    if (found !== newest) {
      options.warn?.(`environment "${id}" is out of date. The newest version is "${newest.id}".`)
    }
    return found
  }

  /**
   * A new environment inside `OrderEnforcing` and, where the spec has a limit of steps, `TimeLimit`.
   * `kwargs` go over those of the spec.
   */
  make(id: string | EnvSpecJSON, kwargs: Record<string, unknown> = {}, options: MakeOptions = {}): Env {
    const given: Partial<EnvSpecJSON> = typeof id === 'string' ? {} : id
    const registered = this.spec(typeof id === 'string' ? id : id.id, options)
    const limit = options.maxEpisodeSteps ?? given.maxEpisodeSteps ?? registered.maxEpisodeSteps
    const maxEpisodeSteps = limit === 0 ? undefined : limit
    checkLimit(maxEpisodeSteps, registered.id)
    const merged = { ...registered.kwargs, ...given.kwargs, ...kwargs }
    let env = registered.entryPoint({ ...merged })
    // 0 where a limit is registered and this one has none: the spec then makes the same again.
    const stated = limit === 0 && registered.maxEpisodeSteps !== undefined ? 0 : maxEpisodeSteps
    env.unwrapped.spec = Object.freeze({
      ...registered,
      maxEpisodeSteps: stated,
      kwargs: Object.freeze(merged),
    })
    if (options.check === true) env = new PassiveEnvChecker(env)
    env = new OrderEnforcing(env)
    return maxEpisodeSteps === undefined ? env : new TimeLimit(env, maxEpisodeSteps)
  }

  /** Sorted by id. */
  registeredSpecs(): EnvSpec[] {
    return [...this.specs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** All versions of one name, the newest first. */
  private family(of: { namespace?: string | undefined; name: string }): EnvSpec[] {
    return [...this.specs.values()]
      .filter((spec) => spec.namespace === of.namespace && spec.name === of.name)
      .sort((a, b) => (b.version ?? 0) - (a.version ?? 0))
  }

  private unknown(id: string): UnknownIdError {
    const ids = this.registeredSpecs().map((spec) => spec.id)
    const bare = ids.map((known) => formatEnvId({ ...parseEnvId(known), version: undefined }))
    const hasVersion = parseEnvId(id).version !== undefined
    const near = nearest(id, hasVersion ? ids : bare)
    const known = ids.length === 0 ? 'None is registered.' : `Registered are ${ids.join(', ')}.`
    const hint = near === undefined ? known : `Did you mean "${near}"?`
    return new UnknownIdError(id, `unknown environment "${id}". ${hint}`)
  }
}

function unknownVersion(id: string, family: readonly EnvSpec[]): UnknownIdError {
  const ids = family.map((spec) => `"${spec.id}"`).join(', ')
  return new UnknownIdError(id, `unknown version of environment "${id}". There is ${ids}.`)
}

function checkLimit(steps: number | undefined, id: string): void {
  if (steps !== undefined && !(Number.isInteger(steps) && steps >= 1)) {
    reject(`expected an integer of at least 1, got ${steps}`, `${id}.maxEpisodeSteps`, '')
  }
}

/** The spec without its function. The keyword arguments must be plain data for JSON to keep them. */
export function specToJSON(spec: EnvSpec): EnvSpecJSON {
  const { id, kwargs, maxEpisodeSteps, rewardThreshold, nondeterministic, description } = spec
  return {
    id,
    kwargs,
    ...(maxEpisodeSteps !== undefined && { maxEpisodeSteps }),
    ...(rewardThreshold !== undefined && { rewardThreshold }),
    ...(nondeterministic !== undefined && { nondeterministic }),
    ...(description !== undefined && { description }),
  }
}

const shared: EnvRegistry = new EnvRegistry()

/** `EnvRegistry.register` of the registry that all share. */
export function register(registration: EnvRegistration): EnvSpec {
  return shared.register(registration)
}

/** `EnvRegistry.make` of the registry that all share. */
export function make(id: string | EnvSpecJSON, kwargs?: Record<string, unknown>, options?: MakeOptions): Env {
  return shared.make(id, kwargs, options)
}

/** `EnvRegistry.spec` of the registry that all share. */
export function spec(id: string, options?: Pick<MakeOptions, 'warn'>): EnvSpec {
  return shared.spec(id, options)
}

/** `EnvRegistry.registeredSpecs` of the registry that all share. */
export function registeredSpecs(): EnvSpec[] {
  return shared.registeredSpecs()
}
