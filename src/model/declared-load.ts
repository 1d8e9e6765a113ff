/**
 * What a service is offered when requests come at the declared rates: the mean demand that a request of each workload
 * brings to it, over all calls and forwards, without retries and hedges.
 */
import { compileDistribution } from '../random/index.ts'
import type { Scenario, Step } from '../scenario/types.ts'

/** Mean core-seconds at speed 1 per service (in the scenario's order) that one request of each workload brings. */
export function demandPerRequest(scenario: Scenario): Float64Array[] {
  const demands = new Demands(scenario)
  return scenario.workloads.map((workload) => {
    const sum = new Float64Array(scenario.services.length)
    const weights = workload.classes.reduce((total, { weight }) => total + weight, 0)
    for (const { weight, endpoint } of workload.classes)
      addTo(sum, demands.of(workload.to, endpoint), weight / weights)
    return sum
  })
}

class Demands {
  private readonly scenario: Scenario
  private readonly known: Map<string, Float64Array> = new Map()

  constructor(scenario: Scenario) {
    this.scenario = scenario
  }

  /** Of one leg to a component; the endpoint is the one of that name, else any. */
  of(to: string, endpoint: string | undefined): Float64Array {
    const key = `${to} ${endpoint ?? ''}`
    let demand = this.known.get(key)
    if (demand === undefined) {
      demand = this.compute(to, endpoint)
      this.known.set(key, demand)
    }
    return demand
  }

  private compute(to: string, endpoint: string | undefined): Float64Array {
    const { services, balancers, relays } = this.scenario
    const relay = relays.find((item) => item.name === to)
    if (relay !== undefined) return this.of(relay.to, endpoint)
    const sum = new Float64Array(services.length)
    const balancer = balancers.find((item) => item.name === to)
    if (balancer !== undefined) {
      // As if legs were spread over the replicas by weight.
      const shares = balancer.targets.map((target, i) => {
        const { groups } = services.find((item) => item.name === target)!
        return balancer.weights[i]! * groups.reduce((total, group) => total + group.count, 0)
      })
      const all = shares.reduce((total, share) => total + share, 0)
      balancer.targets.forEach((target, i) => {
        if (shares[i]! > 0) addTo(sum, this.of(target, endpoint), shares[i]! / all)
      })
      return sum
    }
    const s = services.findIndex((item) => item.name === to)
    // Nothing else has cores.
    if (s < 0) return sum
    const { endpoints } = services[s]!
    const named = endpoints.filter((item) => item.name === endpoint)
    const possible = named.length > 0 ? named : endpoints
    for (const { steps } of possible) this.walk(steps, s, 1 / possible.length, sum)
    return sum
  }

  private walk(steps: readonly Step[], s: number, times: number, sum: Float64Array): void {
    for (const step of steps) {
      switch (step.kind) {
        case 'cpu':
          sum[s]! += times * compileDistribution(step.demand).mean
          break
        case 'call':
        case 'forward':
          addTo(sum, this.of(step.to, step.endpoint), times)
          break
        case 'parallel':
          for (const branch of step.branches) this.walk(branch, s, times, sum)
          break
        case 'transaction':
          this.walk(step.steps, s, times, sum)
          break
        case 'repeat':
          this.walk(step.steps, s, times * step.times, sum)
          break
        case 'choose': {
          const weights = step.options.reduce((total, { weight }) => total + weight, 0)
          for (const { weight, steps: inner } of step.options)
            this.walk(inner, s, (times * weight) / weights, sum)
          break
        }
      }
    }
  }
}

function addTo(sum: Float64Array, other: Float64Array, times: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += times * other[i]!
}
