/** One server with one core at 40 % load; half a minute of it runs in milliseconds. */
export const SMALL_SCENARIO = `name: Small
horizon: 30s
warmup: 5s
seed: 3
slo: [p95 < 10s, errors < 50%]
workloads:
  users: { to: web, arrivals: { poisson: { rate: 20/s } } }
services:
  web: { cores: 1, endpoints: { page: [{ cpu: { exponential: { mean: 20ms } } }] } }
`
