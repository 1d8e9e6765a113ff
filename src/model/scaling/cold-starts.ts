/**
 * Replicas that are slow at first: from the moment that one is ready, or back after a crash, the speed of its cores grows
 * from a share of the full one to all of it, in equal steps (just-in-time compilation, connection pools, page cache).
 */
import type { Kernel } from '../../engine/kernel.ts'
import { loadFields, saveFields } from '../../engine/typed.ts'
import type { Replicas } from '../replicas.ts'
import type { World } from '../world.ts'

const STEPS = 10

export class ColdStarts {
  private readonly world: World
  private readonly kernel: Kernel
  private readonly replicas: Replicas
  /** Cold starts so far, per replica: steps of earlier ones are stale. */
  private readonly starts: Int32Array
  private readonly stepKind: number

  constructor(world: World, replicas: Replicas) {
    this.world = world
    this.kernel = world.kernel
    this.replicas = replicas
    this.starts = new Int32Array(world.compiled.replicaCount)
    this.stepKind = this.kernel.on('a replica gets warmer', (r, code) => {
      if (this.starts[r] === Math.floor(code / STEPS)) this.warm(r, (code % STEPS) + 1)
    })
  }

  begin(r: number): void {
    const spec = this.world.compiled.services[this.replicas.service[r]!]!.coldStart
    if (spec === undefined) return
    const start = ++this.starts[r]!
    this.warm(r, 0)
    for (let step = 0; step < STEPS; step++) {
      const at = this.kernel.now + (spec.duration * (step + 1)) / STEPS
      this.kernel.at(at, this.stepKind, r, start * STEPS + step)
    }
  }

  /** The replica has done so many steps. */
  private warm(r: number, steps: number): void {
    const { speed } = this.world.compiled.services[this.replicas.service[r]!]!.coldStart!
    this.replicas.warmth[r] = steps === STEPS ? 1 : speed + ((1 - speed) * steps) / STEPS
    this.replicas.updateSpeed(r)
  }

  save(): unknown {
    return saveFields(this as unknown as Record<string, unknown>, FIELDS)
  }

  restore(state: unknown): void {
    loadFields(this as unknown as Record<string, unknown>, FIELDS, state)
  }
}

const FIELDS = ['starts']
