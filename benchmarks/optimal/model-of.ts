/** The decision process of an environment, found by the model that its view names. */
import type { DispatchModel } from '../../envs/dispatch/model.ts'
import type { ReplicasModel } from '../../envs/replicas/model.ts'
import type { SlowServerModel } from '../../envs/slow-server/model.ts'
import { dispatchProcess, type OptimalModel, replicasProcess, slowServerProcess } from './models.ts'

export type MarkovModel = DispatchModel | SlowServerModel | ReplicasModel

/** The parameters of a model and the state at a decision, as the Markov environments show them to agents. */
export type MarkovView = { readonly model: MarkovModel; readonly state: unknown }

/** `limit`: largest queue. @default 150, of one queue before two servers 300 */
export function processOf(model: MarkovModel, limit?: number): OptimalModel<unknown> {
  switch (model.kind) {
    case 'dispatch':
      return dispatchProcess(model, limit) as OptimalModel<unknown>
    case 'slow-server':
      return slowServerProcess(model, limit) as OptimalModel<unknown>
    case 'replicas':
      return replicasProcess(model, limit) as OptimalModel<unknown>
  }
}

/** undefined for a view of something else. */
export function markovView(view: unknown): MarkovView | undefined {
  const { model } = (view ?? {}) as { model?: { kind?: unknown } }
  const known = model?.kind === 'dispatch' || model?.kind === 'slow-server' || model?.kind === 'replicas'
  return known ? (view as MarkovView) : undefined
}
