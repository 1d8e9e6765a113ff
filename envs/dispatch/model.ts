/** Parameters of Dispatch-v0: jobs arrive at rate `lambda`; the servers finish them at rates `mu1` and `mu2`. */
export type DispatchModel = {
  readonly kind: 'dispatch'
  readonly lambda: number
  readonly mu1: number
  readonly mu2: number
}
