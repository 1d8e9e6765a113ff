/** The Markov chain of two exponential servers with a queue each, to one of which every Poisson arrival is sent. */

/** To which server (0 or 1) an arrival goes that finds n0 and n1 requests there. */
export type Route = (n0: number, n1: number) => 0 | 1

/**
 * Mean number of requests in the system: the stationary distribution on {0 .. size - 1}^2 by Gauss-Seidel sweeps
 * until the mean moves by less than 1e-9.
 */
export function meanNumber(lambda: number, mu0: number, mu1: number, route: Route, size = 150): number {
  const p = new Float64Array(size * size).fill(1 / (size * size))
  const to = new Uint8Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) to[i * size + j] = route(i, j)
  let before = -1
  for (let sweep = 0; sweep < 20_000; sweep++) {
    let mass = 0
    let sum = 0
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const at = i * size + j
        let inflow = 0
        if (i > 0 && to[at - size] === 0) inflow += lambda * p[at - size]!
        if (j > 0 && to[at - 1] === 1) inflow += lambda * p[at - 1]!
        if (i + 1 < size) inflow += mu0 * p[at + size]!
        if (j + 1 < size) inflow += mu1 * p[at + 1]!
        // At the edge of the truncation arrivals are turned away.
        const full = to[at] === 0 ? i + 1 === size : j + 1 === size
        const outflow = (full ? 0 : lambda) + (i > 0 ? mu0 : 0) + (j > 0 ? mu1 : 0)
        p[at] = inflow / outflow
        mass += p[at]!
        sum += (i + j) * p[at]!
      }
    }
    for (let at = 0; at < p.length; at++) p[at] = p[at]! / mass
    if (sweep % 10 === 9) {
      const mean = sum / mass
      if (Math.abs(mean - before) < 1e-9 * mean) return mean
      before = mean
    }
  }
  throw new Error('the chain did not converge')
}
