/** The Markov environments as decision processes, cut off at a largest queue, at which arrivals are lost. */
import type { DispatchState } from '../../envs/dispatch/env.ts'
import type { DispatchModel } from '../../envs/dispatch/model.ts'
import type { ReplicasState } from '../../envs/replicas/env.ts'
import type { ReplicasModel } from '../../envs/replicas/model.ts'
import type { SlowServerModel } from '../../envs/slow-server/model.ts'
import { type DecisionProcess, ProcessBuilder } from './decision-process.ts'

/** A decision process with the place of an environment's state in it. */
export type OptimalModel<S> = {
  readonly process: DecisionProcess
  /** Decision point at which an environment in this state asks; states beyond the grid are moved to its edge. */
  pointOf(state: S): number
  /** In the order of the decision points: what an environment's state is there. */
  readonly points: readonly S[]
}

/** Both queues from 0 to `limit` jobs; a full queue passes its job on to the other, where both are full it is lost. */
export function dispatchProcess(model: DispatchModel, limit = 150): OptimalModel<DispatchState> {
  const { lambda, mu1, mu2 } = model
  const side = limit + 1
  const states = side * side
  const at = (a: number, b: number): number => a * side + b
  const builder = new ProcessBuilder()
  const points: DispatchState[] = []
  for (let a = 0; a < side; a++) {
    for (let b = 0; b < side; b++) {
      const first = a < limit ? at(a + 1, b) : undefined
      const second = b < limit ? at(a, b + 1) : undefined
      builder.decision([first ?? second ?? at(a, b), second ?? first ?? at(a, b)])
      points.push([a, b])
      builder.state(a + b, [
        [lambda, states + at(a, b)],
        [a > 0 ? mu1 : 0, at(a - 1, b)],
        [b > 0 ? mu2 : 0, at(a, b - 1)],
      ])
    }
  }
  return {
    process: builder.build(),
    points,
    pointOf: ([a, b]) => at(Math.min(a, limit), Math.min(b, limit)),
  }
}

/** A state is the number of jobs that wait or are at the fast server. */
export function slowServerProcess(model: SlowServerModel, limit = 300): OptimalModel<number> {
  const { lambda, mu1, mu2 } = model
  const states = 2 * (limit + 1)
  const at = (n: number, busy: number): number => 2 * n + busy
  /** Where a jump to (n, busy) leads. */
  const to = (n: number, busy: number): number => (busy === 0 && n >= 2 ? states + n - 2 : at(n, busy))
  const builder = new ProcessBuilder()
  const points: number[] = []
  for (let n = 2; n <= limit; n++) {
    builder.decision([at(n, 0), at(n - 1, 1)])
    points.push(n)
  }
  for (let n = 0; n <= limit; n++) {
    for (let busy = 0; busy < 2; busy++) {
      builder.state(n + busy, [
        [n < limit ? lambda : 0, to(n + 1, busy)],
        [n > 0 ? mu1 : 0, to(n - 1, busy)],
        [busy * mu2, to(n, 0)],
      ])
    }
  }
  return { process: builder.build(), points, pointOf: (n) => Math.min(n, limit) - 2 }
}

/** Every event is followed by a decision. */
export function replicasProcess(model: ReplicasModel, limit = 150): OptimalModel<ReplicasState> {
  const { mu, setup, max, holdingCost, replicaCost } = model
  const lambda = [model.lambda1, model.lambda2]
  const leave = [model.switch1, model.switch2]
  /** Pairs (ready, starting) of at most `max` together, row by row. */
  const pairs = ((max + 1) * (max + 2)) / 2
  const pair = (ready: number, starting: number): number =>
    ready * (max + 1) - (ready * (ready - 1)) / 2 + starting
  const at = (phase: number, jobs: number, ready: number, starting: number): number =>
    (phase * (limit + 1) + jobs) * pairs + pair(ready, starting)
  const states = 2 * (limit + 1) * pairs
  const builder = new ProcessBuilder()
  const points: ReplicasState[] = []
  for (let phase = 0; phase < 2; phase++) {
    for (let jobs = 0; jobs <= limit; jobs++) {
      for (let ready = 0; ready <= max; ready++) {
        for (let starting = 0; starting <= max - ready; starting++) {
          points.push({ phase, jobs, ready, starting })
          const total = ready + starting
          const target = (wanted: number): number =>
            wanted < ready ? at(phase, jobs, wanted, 0) : at(phase, jobs, ready, wanted - ready)
          builder.decision(
            model.anyTarget
              ? Array.from({ length: max + 1 }, (_, wanted) => target(wanted))
              : [target(Math.max(0, total - 1)), target(total), target(Math.min(max, total + 1))],
          )
          builder.state(holdingCost * jobs + replicaCost * total, [
            [jobs < limit ? lambda[phase]! : 0, states + at(phase, jobs + 1, ready, starting)],
            [Math.min(jobs, ready) * mu, states + at(phase, jobs - 1, ready, starting)],
            [starting * setup, states + at(phase, jobs, ready + 1, starting - 1)],
            [leave[phase]!, states + at(1 - phase, jobs, ready, starting)],
          ])
        }
      }
    }
  }
  return {
    process: builder.build(),
    points,
    pointOf: ({ phase, jobs, ready, starting }) => at(phase, Math.min(jobs, limit), ready, starting),
  }
}
