/**
 * The reward is that of Autoscaling-v0: paid replicas and late requests, where a request that is shed at the gate and not
 * answered in another attempt is late at that instant, as every one that fails. Here is what is told beside its terms.
 */
import type { Gate } from '../../src/model/gate.ts'
import type { AutoscalingTerms } from '../autoscaling/reward.ts'

export type JointControlTerms = AutoscalingTerms & {
  /** Attempts that the gate turned away, and that it let through. */
  readonly shed: number
  readonly admitted: number
}

/** Counts of the gate since the last look. */
export class GateCounts {
  private readonly gate: Gate
  private shed = 0
  private admitted = 0
  /** Of the last step, as a share of what arrived at the gate; 0 if nothing did. */
  shedShare = 0

  constructor(gate: Gate) {
    this.gate = gate
    this.shed = gate.shed
    this.admitted = gate.admitted
  }

  save(): unknown {
    return [this.shed, this.admitted, this.shedShare]
  }

  load(state: unknown): void {
    ;[this.shed, this.admitted, this.shedShare] = state as [number, number, number]
  }

  /** The terms with what the gate did since the last call. */
  read(terms: AutoscalingTerms): JointControlTerms {
    const shed = this.gate.shed - this.shed
    const admitted = this.gate.admitted - this.admitted
    this.shed = this.gate.shed
    this.admitted = this.gate.admitted
    this.shedShare = shed > 0 ? shed / (shed + admitted) : 0
    return { ...terms, shed, admitted }
  }
}
