/** Endpoints as one flat program: an opcode and three operands per step; `repeat` is unrolled. */
import { ConfigError } from '../../errors.ts'
import type { Distribution, Step } from '../../scenario/types.ts'

export const OP_END = 0
export const OP_CPU = 1
export const OP_IO = 2
export const OP_CALL = 3
export const OP_FORWARD = 4
/** a: first entry in `targets`, b: number of branches. */
export const OP_FORK = 5
export const OP_JUMP = 6
/** a: first entry in `targets`, b: number of options, site: the draw. */
export const OP_CHOOSE = 7
export const OP_BRANCH_END = 8
/** a: database, b: which of the transactions that the row has open, site: the wait for a connection. */
export const OP_BEGIN = 9
/** a: database, b: as of its begin. */
export const OP_COMMIT = 10
/** a: workload whose trace says how long, site: for requests of others. */
export const OP_RECORDED = 11

const MAX_STEPS = 100_000

export type Program = {
  readonly op: Uint8Array
  readonly a: Int32Array
  readonly b: Int32Array
  readonly site: Int32Array
  /** Counts the repetitions of a step, so that each draws afresh. */
  readonly ordinal: Int32Array
  readonly targets: Int32Array
  /** Cumulative probability of the option at the same index of `targets`. */
  readonly cumulative: Float64Array
}

/** What the program compiler needs from its surroundings. */
export type ProgramContext = {
  site(name: string, distribution?: Distribution): number
  call(step: Extract<Step, { kind: 'call' }>, name: string): number
  /** `transaction`: which of those that the row has open the query belongs to; -1. */
  query(step: Extract<Step, { kind: 'query' }>, name: string, transaction: number): number
  /** Index of a workload. */
  workload(name: string): number
  /** Index of a database, and the place of the draw of how long a transaction waits for a connection. */
  database(name: string, site: string): { readonly index: number; readonly acquireSite: number }
  forward(step: Extract<Step, { kind: 'forward' }>, name: string): number
}

export class ProgramBuilder {
  private readonly op: number[] = []
  private readonly a: number[] = []
  private readonly b: number[] = []
  private readonly site: number[] = []
  private readonly ordinal: number[] = []
  private readonly targets: number[] = []
  private readonly cumulative: number[] = []
  private readonly context: ProgramContext
  /** Databases of the transactions that are open at the step that is compiled. */
  private readonly transactions: string[] = []
  /** Most of them at any step. */
  transactionDepth = 0

  constructor(context: ProgramContext) {
    this.context = context
  }

  /** Compiles an endpoint; the answer is its entry point. */
  endpoint(steps: readonly Step[], name: string): number {
    const entry = this.op.length
    this.steps(steps, name, 0)
    this.emit(OP_END, 0, 0, -1, 0)
    return entry
  }

  build(): Program {
    return {
      op: Uint8Array.from(this.op),
      a: Int32Array.from(this.a),
      b: Int32Array.from(this.b),
      site: Int32Array.from(this.site),
      ordinal: Int32Array.from(this.ordinal),
      targets: Int32Array.from(this.targets),
      cumulative: Float64Array.from(this.cumulative),
    }
  }

  private emit(op: number, a: number, b: number, site: number, ordinal: number): number {
    if (this.op.length >= MAX_STEPS) {
      throw new ConfigError([
        {
          what: `more than ${MAX_STEPS} steps after unrolling "repeat"`,
          path: 'services',
          hint: 'Repeat fewer times.',
        },
      ])
    }
    this.op.push(op)
    this.a.push(a)
    this.b.push(b)
    this.site.push(site)
    this.ordinal.push(ordinal)
    return this.op.length - 1
  }

  private steps(steps: readonly Step[], path: string, ordinal: number): void {
    steps.forEach((step, i) => this.step(step, `${path}[${i}]`, ordinal))
  }

  private step(step: Step, path: string, ordinal: number): void {
    switch (step.kind) {
      case 'cpu':
        if (step.recorded === undefined)
          this.emit(OP_CPU, 0, 0, this.context.site(path, step.demand), ordinal)
        else
          this.emit(
            OP_RECORDED,
            this.context.workload(step.recorded),
            0,
            this.context.site(path, step.demand),
            ordinal,
          )
        return
      case 'io':
        this.emit(OP_IO, 0, 0, this.context.site(path, step.duration), ordinal)
        return
      case 'memory':
        return
      case 'call':
        this.emit(OP_CALL, this.context.call(step, path), 0, -1, ordinal)
        return
      case 'query':
        this.emit(OP_CALL, this.context.query(step, path, this.transactions.indexOf(step.to)), 0, -1, ordinal)
        return
      case 'transaction': {
        const { index, acquireSite } = this.context.database(step.to, path)
        const slot = this.transactions.push(step.to) - 1
        this.transactionDepth = Math.max(this.transactionDepth, slot + 1)
        this.emit(OP_BEGIN, index, slot, acquireSite, ordinal)
        this.steps(step.steps, path, ordinal)
        this.emit(OP_COMMIT, index, slot, -1, ordinal)
        this.transactions.pop()
        return
      }
      case 'forward':
        this.emit(OP_FORWARD, this.context.forward(step, path), 0, -1, ordinal)
        return
      case 'repeat':
        for (let i = 0; i < step.times; i++) this.steps(step.steps, path, ordinal * step.times + i)
        return
      case 'parallel': {
        const first = this.reserve(step.branches.length)
        this.emit(OP_FORK, first, step.branches.length, -1, ordinal)
        const jump = this.emit(OP_JUMP, 0, 0, -1, 0)
        step.branches.forEach((branch, i) => {
          this.targets[first + i] = this.op.length
          this.steps(branch, `${path}.${i}`, ordinal)
          this.emit(OP_BRANCH_END, 0, 0, -1, 0)
        })
        this.a[jump] = this.op.length
        return
      }
      case 'choose': {
        const first = this.reserve(step.options.length)
        this.emit(OP_CHOOSE, first, step.options.length, this.context.site(`${path}.choose`), ordinal)
        const total = step.options.reduce((sum, option) => sum + option.weight, 0)
        const jumps: number[] = []
        let sum = 0
        step.options.forEach((option, i) => {
          sum += option.weight
          this.targets[first + i] = this.op.length
          this.cumulative[first + i] = i === step.options.length - 1 ? 1 : sum / total
          this.steps(option.steps, `${path}.${i}`, ordinal)
          jumps.push(this.emit(OP_JUMP, 0, 0, -1, 0))
        })
        for (const jump of jumps) this.a[jump] = this.op.length
        return
      }
    }
  }

  private reserve(count: number): number {
    const first = this.targets.length
    for (let i = 0; i < count; i++) {
      this.targets.push(0)
      this.cumulative.push(0)
    }
    return first
  }
}

/** Mean seconds of one core at speed 1 that the steps take at their own service. */
export function meanDemand(steps: readonly Step[], mean: (distribution: Distribution) => number): number {
  let sum = 0
  for (const step of steps) {
    if (step.kind === 'cpu') sum += mean(step.demand)
    else if (step.kind === 'repeat') sum += step.times * meanDemand(step.steps, mean)
    else if (step.kind === 'transaction') sum += meanDemand(step.steps, mean)
    else if (step.kind === 'parallel') for (const branch of step.branches) sum += meanDemand(branch, mean)
    else if (step.kind === 'choose') {
      const total = step.options.reduce((weights, option) => weights + option.weight, 0)
      for (const option of step.options) sum += (option.weight / total) * meanDemand(option.steps, mean)
    }
  }
  return sum
}

/** Bytes to reserve before the first step: the sum of the memory steps; of a choice, its largest option. */
export function memoryOf(steps: readonly Step[]): number {
  let sum = 0
  for (const step of steps) {
    if (step.kind === 'memory') sum += step.bytes
    else if (step.kind === 'repeat') sum += step.times * memoryOf(step.steps)
    else if (step.kind === 'transaction') sum += memoryOf(step.steps)
    else if (step.kind === 'parallel') for (const branch of step.branches) sum += memoryOf(branch)
    else if (step.kind === 'choose') sum += Math.max(...step.options.map((option) => memoryOf(option.steps)))
  }
  return sum
}

/** Every step, nested ones included, in order. */
export function* walkSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step
    if (step.kind === 'repeat' || step.kind === 'transaction') yield* walkSteps(step.steps)
    else if (step.kind === 'parallel') for (const branch of step.branches) yield* walkSteps(branch)
    else if (step.kind === 'choose') for (const option of step.options) yield* walkSteps(option.steps)
  }
}
