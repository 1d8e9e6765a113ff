/** Small scenarios for the tests of environments. */

/** Two balancers over an unequal pool with failures of every kind that a balancer meets. */
export const POOL = `
name: Pool
horizon: 60
workloads:
  a:
    to: edge-a
    arrivals: { poisson: { rate: 60 } }
    timeout: 400ms
    retry: { attempts: 2, backoff: { exponential: { base: 20ms } } }
    classes: { short: { weight: 9, endpoint: short }, long: { weight: 1, endpoint: long, deadline: 700ms } }
  b: { to: edge-b, arrivals: { poisson: { rate: 60 } }, timeout: 400ms, classes: { short: { endpoint: short } } }
links:
  - { from: a, to: edge-a, latency: 1ms }
  - { from: edge-a, to: web, latency: { exponential: { mean: 1ms } }, loss: 0.5% }
balancers:
  edge-a: { policy: least-request, to: web }
  edge-b: { policy: least-request, to: web }
services:
  web:
    replicas: [{ count: 2, speed: 1 }, { count: 2, speed: 0.5 }]
    cores: 2
    endpoints:
      short: [{ cpu: { exponential: { mean: 20ms } } }]
      long: [{ cpu: { exponential: { mean: 80ms } } }]
events:
  - { outage: web/1, at: 20s, for: 10s }
  - { outage: web/0, at: 40s, for: 5s, mode: crash }
  - { slow: web, factor: 3, spells: { for: { exponential: { mean: 2s } }, gap: { exponential: { mean: 6s } } } }
`

/** No timeouts and no failures: what Little's law and the exact identities are about. */
export const PLAIN = `
name: Plain
horizon: 200
workloads: { w: { to: edge, arrivals: { poisson: { rate: 14 } } } }
balancers: { edge: { policy: random, to: web } }
services:
  web: { replicas: 2, endpoints: { e: [{ cpu: { exponential: { mean: 100ms } } }] } }
`

export const SCALED = `
name: Scaled
horizon: 900
slo: [p95 < 2s]
workloads:
  w:
    to: edge
    arrivals: { poisson: { rate: 10 } }
    profile: { diurnal: { amplitude: 0.6, period: 5min } }
    timeout: 8s
balancers: { edge: { policy: least-request, to: web } }
services:
  web:
    replicas: 6
    endpoints: { e: [{ cpu: { exponential: { mean: 500ms } } }] }
    autoscaler: { policy: hpa, min: 2, max: 16, interval: 15s, startup: { lognormal: { mean: 40s, cv: 0.3 } }, metricDelay: 5s }
`

/** For all controls at once: a pool that is scaled, clients that give up, replicas that slow down. */
export const FRONT = `
name: Front
horizon: 600
slo: [p95 < 1s]
workloads:
  w: { to: edge, arrivals: { poisson: { rate: 20 } }, timeout: 3s, retry: { attempts: 2, backoff: { constant: 100ms } } }
balancers: { edge: { policy: least-request, to: web } }
services:
  web:
    replicas: 6
    endpoints: { e: [{ cpu: { exponential: { mean: 200ms } } }] }
    autoscaler: { policy: hpa, min: 2, max: 10, interval: 10s, startup: 20s }
events:
  - { slow: web, factor: 3, spells: { for: 10s, gap: { exponential: { mean: 60s } } } }
`

/** Requests at those times and never again, in a run that has events all the same. */
export const traceScenario = (times: string): string => `
name: Trace
horizon: 20
workloads: { w: { to: edge, arrivals: { trace: { times: [${times}] } } } }
balancers: { edge: { policy: random, to: web, reports: { interval: 1 } } }
services: { web: { replicas: 2, endpoints: { e: [{ cpu: 10ms }] } } }
`
