/** Parameters of SlowServer-v0: arrivals at rate `lambda`, a fast server of rate `mu1`, a slow one of rate `mu2`. */
export type SlowServerModel = {
  readonly kind: 'slow-server'
  readonly lambda: number
  readonly mu1: number
  readonly mu2: number
}
