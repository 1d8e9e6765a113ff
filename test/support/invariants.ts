/**
 * What holds in every run at every instant between two events: counts that the model keeps agree with the rows that
 * are there. The rows in use are found by the free list, so that they are counted apart from all counters.
 */
import { expect } from 'vitest'
import type { Gauges } from '../../src/metrics/gauges.ts'
import { ADMISSION_GAUGES, ADMISSION_QUEUE, LIMIT } from '../../src/model/admission/limits.ts'
import { CACHE_GAUGES, LOADING, SIZE, WAITING } from '../../src/model/caches/cache-gauges.ts'
import {
  CONNECTIONS,
  DATABASE_GAUGES,
  OPEN,
  QUEUE_POOL,
  QUEUE_QUERY,
  RUNNING,
} from '../../src/model/database-gauges.ts'
import { BRANCH, CORE_NONE, CORE_RUNNING, CORE_WAITING, LEG, REQUEST } from '../../src/model/legs.ts'
import { DRAINING, READY, STARTING, STOPPED } from '../../src/model/replicas.ts'
import {
  BUSY,
  IO,
  LOAD,
  MEMORY,
  PAID_REPLICAS,
  QUEUE_CPU,
  QUEUE_MEMORY,
  QUEUE_WORKERS,
  READY_REPLICAS,
  SERVICE_GAUGES,
  WORKERS,
} from '../../src/model/service-gauges.ts'
import { ActiveBudget } from '../../src/policies/resilience/index.ts'
import type { Simulation } from '../../src/simulation/index.ts'
import { connectionMemory, expectSockets, expectSocketsDrained } from './socket-invariants.ts'

/** Handles of the rows in use. */
export function liveRows({ world: { legs } }: Simulation): number[] {
  const free = new Set(legs.save().free)
  const rows: number[] = []
  for (let row = 0; row < legs.end; row += legs.stride) if (!free.has(row)) rows.push(row)
  return rows
}

export function gaugesOf({ world }: Simulation): Record<string, Gauges> {
  const { requests, network, balancers, services, replicas } = world
  return {
    open: requests.open,
    inTransit: network.inTransit,
    balancers: balancers.gauges,
    services: services.gauges,
    replicas: replicas.gauges,
  }
}

/** Every leg that a caller waits for is in use, of that caller, and sent over the site that the caller is at. */
function expectAwaited({ world: { legs, callers } }: Simulation, rows: readonly number[]): void {
  const live = new Set(rows)
  for (const row of rows) {
    const { hedging, sibling } = callers.columns
    if (legs.kind[row] !== REQUEST && legs.child[row]! < 0) continue
    for (let leg = legs.child[row]!; leg >= 0; leg = hedging ? sibling[leg]! : -1) {
      expect(live.has(leg)).toBe(true)
      expect(legs.parent[leg]).toBe(row)
      expect(legs.via[leg]).toBe(legs.call[row])
      expect(callers.isAwaited(leg)).toBe(true)
    }
  }
}

export function expectConsistent(simulation: Simulation): void {
  const { world } = simulation
  const { legs, requests, callers, network, balancers, replicas, services, scalers, compiled } = world
  const rows = liveRows(simulation)
  const count = (holds: (row: number) => boolean): number => rows.filter(holds).length
  expect(legs.live).toBe(rows.length)
  expectConsistentDatabases(simulation)
  expectConsistentCaches(simulation)

  // Conservation of requests, by class, and of legs.
  compiled.classes.forEach((_, c) => {
    expect(count((row) => legs.kind[row] === REQUEST && legs.cls[row] === c)).toBe(requests.openOf(c))
  })
  expect(requests.open.value[0]).toBe(count((row) => legs.kind[row] === REQUEST))
  expect(callers.created).toBe(
    callers.answeredOk + callers.failed + callers.abandoned + count((row) => legs.kind[row] === LEG),
  )

  expectAwaited(simulation, rows)
  expectAdmission(simulation)
  expectSockets(simulation)

  for (const [name, gauges] of Object.entries(gaugesOf(simulation))) {
    gauges.value.forEach((value, i) => {
      if (!(value >= 0)) throw new Error(`gauge ${name}[${i}] is ${value}`)
    })
  }

  expectHealth(simulation)

  // What is where.
  network.inTransit.value.forEach((value, link) => {
    expect(value).toBe(
      count(
        (row) =>
          legs.kind[row] === LEG &&
          legs.channel[row]! >= 0 &&
          compiled.channels[legs.channel[row]!]!.link === link,
      ),
    )
  })
  const backend = balancers.all.flatMap((balancer) =>
    [...balancer.spec.replicas].map((r, slot) => ({ balancer, r, slot })),
  )
  backend.forEach(({ balancer, slot }, i) => {
    const frame = compiled.nodes.length + i
    const flying = count((row) => {
      if (legs.kind[row] !== LEG) return false
      for (let d = 0; d < legs.frameCount[row]!; d++) if (legs.frame[row + d] === frame) return true
      return false
    })
    expect(balancer.inFlight[slot]).toBe(flying)
    expect(balancer.inTransit[slot]).toBe(count((row) => legs.kind[row] === LEG && legs.backend[row] === i))
    if (flying === 0) expect(balancer.work[slot]).toBe(0)
    expect(balancer.work[slot]).toBeGreaterThan(-1e-9)
    expect(balancer.load[slot]).toBe(replicas.load[balancer.spec.replicas[slot]!])
  })
  replicas.load.forEach((load, r) => {
    expect(load).toBe(
      count((row) => legs.kind[row] === LEG && legs.resident[row] === 1 && legs.replica[row] === r),
    )
    expect(replicas.expected[r]).toBe(
      count((row) => legs.kind[row] === LEG && legs.backend[row]! >= 0 && legs.replica[row] === r),
    )
  })
  for (const { spec, ready, starting, draining, pending, target } of scalers.all) {
    const states = replicas.state.subarray(spec.firstReplica, spec.firstReplica + spec.slots)
    const inState = (state: number): number => states.filter((other) => other === state).length
    expect([ready, starting, draining]).toEqual([inState(READY), inState(STARTING), inState(DRAINING)])
    expect(ready + starting + pending).toBe(target)
    // A draining replica with nothing left has stopped.
    states.forEach((state, slot) => {
      if (state === DRAINING) expect(replicas.isEmpty(spec.firstReplica + slot)).toBe(false)
    })
  }
  compiled.services.forEach((spec, s) => {
    const gauge = (index: number): number => services.gauges.value[s * SERVICE_GAUGES + index]!
    const states = replicas.state.subarray(spec.firstReplica, spec.firstReplica + spec.slots)
    expect(gauge(READY_REPLICAS)).toBe(states.filter((state) => state === READY).length)
    expect(gauge(PAID_REPLICAS)).toBe(states.filter((state) => state !== STOPPED).length)
    const here = (row: number): boolean =>
      legs.kind[row] !== REQUEST &&
      legs.replica[row]! >= 0 &&
      replicas.service[legs.replica[row]!] === s &&
      (legs.kind[row] === BRANCH || legs.resident[row] === 1)
    const sum = (of: (row: number) => number): number =>
      rows.filter(here).reduce((total, row) => total + of(row), 0)
    expect(gauge(LOAD)).toBe(count((row) => here(row) && legs.kind[row] === LEG))
    expect(gauge(BUSY) + gauge(QUEUE_CPU)).toBe(count((row) => here(row) && legs.core[row] !== CORE_NONE))
    expect(gauge(BUSY)).toBeLessThanOrEqual(spec.cores * spec.slots)
    expect(gauge(WORKERS)).toBe(sum((row) => legs.worker[row]!))
    // A leg that waits for a worker remembers what it will need.
    const admitted = (row: number): boolean =>
      spec.workers === Number.POSITIVE_INFINITY || legs.worker[row] === 1
    expect(gauge(MEMORY)).toBe(
      sum((row) => (admitted(row) ? legs.memory[row]! : 0)) + connectionMemory(simulation, spec.node),
    )
    expect(gauge(MEMORY)).toBeLessThanOrEqual(spec.memory * spec.slots)
    if (spec.workers !== Number.POSITIVE_INFINITY) {
      const outside = services.admission?.limits.gauges.value[s * ADMISSION_GAUGES + ADMISSION_QUEUE] ?? 0
      expect(gauge(WORKERS) + gauge(QUEUE_WORKERS) + outside).toBe(gauge(LOAD))
      expect(gauge(WORKERS)).toBeLessThanOrEqual(spec.workers * spec.slots)
    }
    expect(gauge(QUEUE_MEMORY) + gauge(QUEUE_WORKERS)).toBeLessThanOrEqual(gauge(LOAD))
  })
}

/** Connections and queues of databases agree with the legs that are there. */
export function expectConsistentDatabases(simulation: Simulation): void {
  const { legs, compiled, databases } = simulation.world
  compiled.databases.forEach((spec, d) => {
    const here = liveRows(simulation).filter(
      (row) =>
        legs.kind[row] === LEG &&
        legs.node[row] === spec.node &&
        legs.channel[row] === -1 &&
        legs.lost[row] === 0 &&
        legs.outcome[row] === 0,
    )
    const doing = (core: number): number => here.filter((row) => legs.core[row] === core).length
    const gauge = (index: number): number => databases.gauges.value[d * DATABASE_GAUGES + index]!
    const { transactions, pools } = databases
    const atServices = liveRows(simulation).filter(
      (row) => legs.kind[row] !== REQUEST && legs.replica[row]! >= 0 && legs.node[row] !== spec.node,
    )
    const counts = atServices.map((row) => transactions?.count(row, d) ?? { held: 0, waiting: 0 })
    const inTransactions = counts.reduce((sum, { held }) => sum + held, 0)
    const waiting = counts.reduce((sum, { waiting }) => sum + waiting, 0)
    expect(gauge(RUNNING)).toBe(doing(CORE_RUNNING))
    expect(gauge(QUEUE_QUERY)).toBe(doing(CORE_WAITING))
    expect(gauge(QUEUE_POOL)).toBe(doing(CORE_NONE) + waiting)
    expect(gauge(QUEUE_POOL)).toBe(pools.waiting(d))
    // Every connection that is held, is held by a query of its own or by a transaction.
    expect(gauge(CONNECTIONS)).toBe(here.filter((row) => databases.holds[row]! > 0).length + inTransactions)
    expect(gauge(CONNECTIONS)).toBeLessThanOrEqual(gauge(OPEN))
    expect(gauge(OPEN)).toBeLessThanOrEqual(spec.perReplica ? spec.maxConnections : spec.connections)
    expect(gauge(RUNNING)).toBeLessThanOrEqual(spec.parallelism)
    pools.check(d)
    // Nobody waits while there is room.
    if (gauge(QUEUE_POOL) > 0 && !spec.perReplica) expect(gauge(CONNECTIONS)).toBe(spec.connections)
    if (gauge(QUEUE_QUERY) > 0 && !spec.rowLocks) expect(gauge(RUNNING)).toBe(spec.parallelism)
    // Who has a lock runs, or waits for the server to run another.
    if (gauge(QUEUE_QUERY) > 0) expect(gauge(RUNNING)).toBeGreaterThan(0)
  })
}

/** Legs in flight under a limit of concurrency and those that wait, and what they are counted as. */
function expectAdmission({ world: { services, balancers, compiled } }: Simulation): void {
  compiled.balancers.forEach((_, b) => {
    if (balancers.admission === undefined) return
    const { limits } = balancers.admission
    const waiting = limits.gauges.value[b * ADMISSION_GAUGES + ADMISSION_QUEUE]!
    expect(waiting).toBeGreaterThanOrEqual(limits.waitingOf(b))
    // In flight behind it, about to be decided for, or without a backend.
    expect(limits.inFlightOf(b)).toBeGreaterThanOrEqual(0)
    expect(limits.inFlightOf(b)).toBeLessThanOrEqual(
      balancers.gauges.value[2 * b]! + balancers.gauges.value[2 * b + 1]!,
    )
  })
  const { admission } = services
  if (admission === undefined) return
  compiled.services.forEach((spec, s) => {
    const waiting = admission.limits.gauges.value[s * ADMISSION_GAUGES + ADMISSION_QUEUE]!
    const load = services.gauges.value[s * SERVICE_GAUGES + LOAD]!
    expect(waiting).toBeGreaterThanOrEqual(0)
    expect(waiting).toBeLessThanOrEqual(load)
    expect(admission.limits.inFlightOf(s)).toBeGreaterThanOrEqual(0)
    expect(admission.limits.inFlightOf(s)).toBeLessThanOrEqual(load)
    if (spec.overload?.concurrencyLimit === undefined) return
    expect(admission.limits.gauges.value[s * ADMISSION_GAUGES + LIMIT]).toBeGreaterThan(0)
    // Who is not in flight waits for it.
    expect(admission.limits.inFlightOf(s) + admission.limits.waitingOf(s)).toBe(load)
  })
}

/** Entries, misses under way and those that wait for one agree with the stores and the legs that are there. */
export function expectConsistentCaches(simulation: Simulation): void {
  const { legs, compiled, caches } = simulation.world
  compiled.caches.forEach((spec, c) => {
    const here = liveRows(simulation).filter(
      (row) =>
        legs.kind[row] === LEG &&
        legs.node[row] === spec.node &&
        legs.channel[row] === -1 &&
        legs.lost[row] === 0,
    ).length
    const gauge = (index: number): number => caches.gauges.value[c * CACHE_GAUGES + index]!
    expect(gauge(SIZE)).toBe(caches.sizeOf(c))
    expect(gauge(SIZE)).toBeLessThanOrEqual(spec.store.capacity)
    // The others here are hits on their way out.
    if (spec.hitConstant === 0) expect(gauge(LOADING) + gauge(WAITING)).toBe(here)
    else expect(gauge(LOADING) + gauge(WAITING)).toBeLessThanOrEqual(here)
    if (gauge(WAITING) > 0) expect(gauge(LOADING)).toBeGreaterThan(0)
    expect(caches.coalesced[c]).toBeLessThanOrEqual(caches.misses[c]!)
    expect(caches.early[c]).toBeLessThanOrEqual(caches.misses[c]!)
  })
}

/** Every circuit breaker lets a call through once its wait is over: no trial is still counted as under way. */
function expectNoTrialIsOut({ world: { callers, kernel } }: Simulation): void {
  for (const breaker of callers.sites.allBreakers) {
    const saved = structuredClone(breaker.save())
    expect(breaker.acquire(kernel.now + 1e6)).toBe(true)
    breaker.load(saved)
  }
}

/** Who gets traffic: nobody that is not ready or known to have crashed, and no ejected host unless all hosts do. */
function expectHealth({ world }: Simulation): void {
  const { balancers, replicas } = world
  for (const { available, availableCount, rotation, health, passive, spec } of balancers.all) {
    expect(available.reduce((sum, value) => sum + value, 0)).toBe(availableCount)
    expect(new Set(rotation).size).toBe(availableCount)
    for (const slot of rotation) {
      const r = spec.replicas[slot]!
      expect([available[slot], replicas.state[r], replicas.drained[r]]).toEqual([1, READY, 0])
      if (health?.panicking) continue
      const down = passive?.isDown(slot, world.kernel.now) ?? false
      expect([replicas.seemsUp(r), health?.ejected[slot] ?? 0, down]).toEqual([true, 0, false])
      const probed = world.compiled.services[replicas.service[r]!]!.readiness !== undefined
      if (!probed) expect(replicas.crashed[r]).toBe(0)
    }
    if (health !== undefined)
      expect(health.ejected.reduce((sum, value) => sum + value, 0)).toBe(health.active)
  }
}

/** After a drained run nothing is left anywhere. */
export function expectDrained(simulation: Simulation): void {
  expectSocketsDrained(simulation)
  expectNoTrialIsOut(simulation)
  for (const budget of simulation.world.callers.sites.allBudgets)
    if (budget instanceof ActiveBudget) expect(budget.save()).toEqual({ inFlight: 0, retries: 0 })
  const { legs, callers, balancers, services, requests, network, compiled, replicas } = simulation.world
  expect(legs.live).toBe(0)
  expect(callers.created).toBe(callers.answeredOk + callers.failed + callers.abandoned)
  expect(requests.open.value[0]).toBe(0)
  expect([...network.inTransit.value].every((value) => value === 0)).toBe(true)
  expect([...balancers.gauges.value].every((value) => value === 0)).toBe(true)
  expect([...replicas.gauges.value].every((value) => value === 0)).toBe(true)
  for (const balancer of balancers.all) {
    for (const array of [balancer.inFlight, balancer.inTransit, balancer.load, balancer.work]) {
      expect([...array].every((value) => value === 0)).toBe(true)
    }
    expect(balancer.inFlightTotal).toBe(0)
  }
  // Connections stay open.
  simulation.world.databases.gauges.value.forEach((value, i) => {
    if (i % DATABASE_GAUGES !== OPEN) expect(value).toBe(0)
  })
  if (balancers.admission !== undefined) {
    const { limits } = balancers.admission
    balancers.all.forEach((_, b) => {
      expect(limits.gauges.value[b * ADMISSION_GAUGES + ADMISSION_QUEUE]).toBe(0)
      expect(limits.inFlightOf(b) + limits.waitingOf(b)).toBe(0)
    })
  }
  compiled.caches.forEach((_, c) => {
    for (const gauge of [LOADING, WAITING])
      expect(simulation.world.caches.gauges.value[c * CACHE_GAUGES + gauge]).toBe(0)
  })
  compiled.services.forEach((spec, s) => {
    const { admission } = services
    if (admission !== undefined) {
      expect(admission.limits.gauges.value[s * ADMISSION_GAUGES + ADMISSION_QUEUE]).toBe(0)
      expect(admission.limits.inFlightOf(s) + admission.limits.waitingOf(s)).toBe(0)
    }
    // Connections that are kept hold memory.
    const kept = connectionMemory(simulation, spec.node)
    for (const gauge of [LOAD, IO, QUEUE_CPU, QUEUE_MEMORY, QUEUE_WORKERS, BUSY, MEMORY, WORKERS]) {
      expect(services.gauges.value[s * SERVICE_GAUGES + gauge]).toBe(gauge === MEMORY ? kept : 0)
    }
  })
}
