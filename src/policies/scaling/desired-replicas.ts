import type { ScalingView } from '../types.ts'

/** What a scaler asks for when its policy says `value`: rounded half up, within [min, max]. */
export function desiredReplicas(value: number, view: Pick<ScalingView, 'min' | 'max'>): number {
  return Math.min(view.max, Math.max(view.min, Math.floor(value + 0.5)))
}
