/** Databases and caches as the engine runs them. */
import { compileDistribution } from '../../random/index.ts'
import type { Cache, Database } from '../../scenario/types.ts'
import type { CacheSpec, DatabaseSpec } from './compiled.ts'
import type { ProgramBuilder } from './program.ts'
import { constantOf, type Tables } from './tables.ts'
import { warmKeys } from './warm-keys.ts'

export function databaseSpec(tables: Tables, database: Database): DatabaseSpec {
  const { name, acquireTimeout } = database
  return {
    name,
    node: tables.node(name),
    connections: database.connections,
    perReplica: database.pool === 'per-replica',
    maxConnections: database.maxConnections ?? Number.POSITIVE_INFINITY,
    parallelism: database.parallelism,
    usl: database.usl,
    rowLocks: database.rowLocks === true,
    acquireSite: tables.site(`${name}.acquireTimeout`, acquireTimeout),
    acquireConstant: constantOf(acquireTimeout),
    failSite: tables.site(`${name}.fail`),
    cells: {
      pool: tables.cell('pool-wait', name),
      wait: queriesWait(database) ? tables.cell('query-wait', name) : -1,
      query: tables.cell('query', name),
    },
  }
}

/** Whether a query that has a connection can wait for the server. */
function queriesWait({ pool, connections, parallelism, usl, rowLocks }: Database): boolean {
  if (usl !== undefined || rowLocks === true) return true
  return pool === 'per-replica' ? Number.isFinite(parallelism) : parallelism < connections
}

export function cacheSpec(tables: Tables, cache: Cache, builder: ProgramBuilder): CacheSpec {
  const { name, hit, miss, coalesce } = cache
  const latency = compileDistribution(hit)
  const waits = coalesce || !latency.constant || latency.mean > 0
  return {
    name,
    node: tables.node(name),
    store: cache,
    warm: cache.warm ? warmKeys(tables.scenario, cache) : [],
    hitRatio: cache.hitRatio ?? 0,
    ratioSite: cache.hitRatio === undefined ? -1 : tables.site(`${name}.hitRatio`),
    hitSite: tables.site(`${name}.hit`, hit),
    hitConstant: constantOf(hit),
    coalesce,
    earlySite: cache.earlyRecompute === undefined ? -1 : tables.site(`${name}.early`),
    entry: builder.endpoint(miss, `${name}.miss`),
    cells: {
      cache: waits ? tables.cell('cache', name) : -1,
      io: miss.some((step) => step.kind === 'io') ? tables.cell('io', name) : -1,
    },
  }
}
