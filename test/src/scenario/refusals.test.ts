/** Every scenario that cannot be run is refused before the run, with one clear sentence at the right place. */
import { expect, test } from 'vitest'
import { change, messagesOf, SHOP } from './support.ts'

type Case = [title: string, changes: [string, string][], message: string]

const CASES: Case[] = [
  [
    'an unknown target of a workload',
    [['to: edge\n', 'to: edgy\n']],
    'unknown target "edgy" (shop.yml:6:5 workloads.shoppers.to). Did you mean "edge"?',
  ],
  [
    'an unknown target of a balancer',
    [['to: web }', 'to: wep }']],
    'unknown target "wep" (shop.yml:17:34 balancers.edge.to). Did you mean "web"?',
  ],
  [
    'an unknown target of a call',
    [['call: store', 'call: stoer']],
    'unknown target "stoer" (shop.yml:24:50 services.web.endpoints.browse[2].call). Did you mean "store"?',
  ],
  [
    'an unknown end of a link',
    [['from: edge, to: web', 'from: egde, to: web']],
    'unknown target "egde" (shop.yml:15:7 links[1].from). Did you mean "edge"?',
  ],
  [
    'a workload as a target',
    [['call: store', 'call: shoppers']],
    'expected a balancer or a service or a cache, got the workload "shoppers" (shop.yml:24:50 services.web.endpoints.browse[2].call). Known are edge, web, store.',
  ],
  [
    'a balancer behind a balancer',
    [['to: web }', 'to: edge }']],
    'expected a service, got the balancer "edge" (shop.yml:17:34 balancers.edge.to). Known are web, store.',
  ],
  [
    'a target named twice',
    [['to: web }', 'targets: [web, web] }']],
    '"web" is a target already (shop.yml:17:49 balancers.edge.targets[1]). Name every service once.',
  ],
  [
    'a component that nothing leads to',
    [['call: store', 'io: 1']],
    'nothing leads to "store" (shop.yml:27:3 services.store). Send something to it or remove it.',
  ],
  [
    'a cycle of calls',
    [['read: [{ cpu', 'read: [{ call: web }, { cpu']],
    'calls and forwards form a cycle: web -> store -> web (shop.yml:29:14 services.store.endpoints.read[0]). Remove one of them; requests must not come back.',
  ],
  [
    'a service that calls itself',
    [['read: [{ cpu', 'read: [{ call: store }, { cpu']],
    'calls and forwards form a cycle: store -> store (shop.yml:29:14 services.store.endpoints.read[0]). Remove one of them; requests must not come back.',
  ],
  [
    'memory that can never fit',
    [['memory: 4GiB', 'memory: 10MiB']],
    'endpoint "buy" reserves 16MiB and can never fit into the 10MiB of a replica (shop.yml:25:7 services.web.endpoints.buy). Raise the memory of the service or reserve less.',
  ],
  [
    'a rate of zero',
    [['rate: 120/s', 'rate: 0']],
    'no arrivals: "shoppers" never sends a request, the rate is 0 (shop.yml:7:28 workloads.shoppers.arrivals.poisson.rate). Let it send something or remove it.',
  ],
  [
    'an empty trace',
    [['poisson: { rate: 120/s }', 'trace: { times: [] }']],
    'no arrivals: "shoppers" never sends a request, the trace is empty (shop.yml:7:17 workloads.shoppers.arrivals.trace). Let it send something or remove it.',
  ],
  [
    'a trace that begins too late',
    [
      ['poisson: { rate: 120/s }', 'trace: { times: [600] }'],
      ['{ surge: shoppers, factor: 3, at: 450s, for: 30s }', '{ slow: web, factor: 2, at: 1 }'],
    ],
    'no arrivals: "shoppers" never sends a request, the trace begins at 600, not before the horizon 600 (shop.yml:7:17 workloads.shoppers.arrivals.trace). Let it send something or remove it.',
  ],
  [
    'no users',
    [['poisson: { rate: 120/s }', 'users: { users: 0, perMinute: 1 }']],
    'no arrivals: "shoppers" never sends a request, there are 0 users (shop.yml:7:26 workloads.shoppers.arrivals.users.users). Let it send something or remove it.',
  ],
  [
    'a trace out of order',
    [
      ['poisson: { rate: 120/s }', 'trace: { times: [2, 1] }'],
      ['surge: shoppers', 'slow: web'],
    ],
    'expected a time of at least 2, got 1 (shop.yml:7:37 workloads.shoppers.arrivals.trace.times[1]). Sort the times.',
  ],
  [
    'weights of classes that sum to zero',
    [
      ['weight: 8', 'weight: 0'],
      ['weight: 2', 'weight: 0'],
    ],
    'the weights of the classes sum to zero (shop.yml:8:5 workloads.shoppers.classes). Give at least one class a weight above 0.',
  ],
  [
    'weights of targets that sum to zero',
    [['to: web }', 'targets: [{ to: web, weight: 0 }] }']],
    'the weights of the targets sum to zero (shop.yml:17:34 balancers.edge.targets). Give at least one target a weight above 0.',
  ],
  [
    'weights of options that sum to zero',
    [['{ io: 10ms }', '{ choose: [{ weight: 0, steps: [] }] }']],
    'the weights of the options sum to zero (shop.yml:25:48 services.web.endpoints.buy[2].choose). Give at least one option a weight above 0.',
  ],
  [
    'an unknown endpoint of a class',
    [['endpoint: buy', 'endpoint: by']],
    'service "web" has no endpoint "by" (shop.yml:10:25 workloads.shoppers.classes.buy.endpoint). Did you mean "buy"?',
  ],
  [
    'an unknown endpoint of a call',
    [['call: store', 'call: { to: store, endpoint: raed }']],
    'service "store" has no endpoint "raed" (shop.yml:24:69 services.web.endpoints.browse[2].call.endpoint). Did you mean "read"?',
  ],
  [
    'a service without endpoints',
    [
      ['      read: [{ cpu: { exponential: { mean: 1ms } } }]\n', ''],
      ['store:\n    endpoints:', 'store:\n    endpoints: {}'],
    ],
    'expected at least one endpoint, got none (shop.yml:28:5 services.store.endpoints). Add one, e.g. { main: [{ cpu: 5ms }] }.',
  ],
  [
    'a name of two kinds',
    [['  edge: { policy', '  store: { to: web }\n  edge: { policy']],
    '"store" is already the name of one of the balancers (shop.yml:28:3 services.store). Choose another name.',
  ],
  [
    'a name that is no name',
    [['  store:\n', '  2store:\n']],
    '"2store" is not a name (shop.yml:27:3 services.2store). Names begin with a letter and hold letters, digits, _ and -.',
  ],
  [
    'a class that is no name',
    [['      buy: { w', '      "b uy": { w']],
    '"b uy" is not a name (shop.yml:10:7 workloads.shoppers.classes.b uy). Names begin with a letter and hold letters, digits, _ and -.',
  ],
  [
    'warmup beyond the horizon',
    [['warmup: 60s', 'warmup: 10min']],
    'warmup 600 is not before the horizon 600 (shop.yml:3:1 warmup). Nothing would be measured: shorten it.',
  ],
  [
    'an event beyond the horizon',
    [['at: 120s', 'at: 600s']],
    'the event begins at 600, not before the horizon 600 (shop.yml:31:22 events[0].at). Begin it earlier or remove it.',
  ],
  [
    'an event of nothing',
    [['{ outage: web/2, ', '{ ']],
    'expected an event with one of outage, latency, loss, surge, slow, fail, flush, capacity, got at, for (shop.yml:31:5 events[0]). Write e.g. { outage: web/2, at: 120s, for: 60s }.',
  ],
  [
    'an event of a kind that is misspelled',
    [['{ outage: web', '{ outtage: web']],
    'unknown field "outtage" (shop.yml:31:7 events[0].outtage). Did you mean "outage"?',
  ],
  [
    'an event of two kinds',
    [['{ outage: web/2,', '{ outage: web/2, loss: edge->web,']],
    'expected one kind of event, got outage and loss (shop.yml:31:5 events[0]). Write one event for each.',
  ],
  [
    'an event on an unknown service',
    [['outage: web/2', 'outage: wep/2']],
    'unknown target "wep" (shop.yml:31:7 events[0].outage). Did you mean "web"?',
  ],
  [
    'an event on an unknown slot',
    [['outage: web/2', 'outage: web/20']],
    'service "web" has no slot 20 (shop.yml:31:7 events[0].outage). Its slots are 0 to 19.',
  ],
  [
    'an event on an unknown link',
    [['latency: edge->web', 'latency: edge->wep']],
    'unknown link "edge->wep" (shop.yml:32:7 events[1].latency). Did you mean "edge->web"?',
  ],
  [
    'an outage of a balancer',
    [['outage: web/2', 'outage: edge']],
    'expected a service or a database, got the balancer "edge" (shop.yml:31:7 events[0].outage). Known are web, store.',
  ],
  [
    'a slowdown without a time',
    [['spells: { for: { exponential: { mean: 2s } }, gap: { exponential: { mean: 6s } } }', 'for: 3s']],
    'missing field "at" (shop.yml:34:5 events[3].at). Say when, or give spells.',
  ],
  [
    'spells that last no time',
    [['for: { exponential: { mean: 2s } }', 'for: 0']],
    'expected a duration above 0, got 0 (shop.yml:34:39 events[3].spells.for).',
  ],
  [
    'a surge of closed users',
    [['poisson: { rate: 120/s }', 'closed: { users: 3, think: 1s }']],
    'the arrivals of "shoppers" (closed) have no rate that could surge (shop.yml:33:7 events[2].surge). Use poisson, gamma, deterministic or users.',
  ],
  [
    'a profile of closed users',
    [
      [
        'poisson: { rate: 120/s } }',
        'closed: { users: 3, think: 1s } }\n    profile: { diurnal: { amplitude: 1, period: 1h } }',
      ],
      ['surge: shoppers', 'slow: web'],
    ],
    'closed arrivals have no rate that a profile could move (shop.yml:8:5 workloads.shoppers.profile). Remove the profile, or use poisson, gamma, deterministic or users.',
  ],
  [
    'an autoscaler with min above max',
    [['min: 2, max: 20', 'min: 21, max: 20']],
    'min 21 is above max 20 (shop.yml:26:53 services.web.autoscaler.min). Give at most 20, or raise max.',
  ],
  [
    'replicas outside the range of the autoscaler',
    [['replicas: 4', 'replicas: 1']],
    "1 replicas are outside the autoscaler's 2 to 20 (shop.yml:20:5 services.web.replicas). Start inside its range.",
  ],
  [
    'an unknown scaling policy',
    [['policy: { hpa: { target: 60% } }', 'policy: hpq']],
    'unknown scaling policy "hpq" (shop.yml:26:19 services.web.autoscaler.policy). Did you mean "hpa"?',
  ],
  [
    'an unknown parameter of a policy',
    [['target: 60%', 'taget: 60%']],
    'unknown parameter "taget" of hpa (shop.yml:26:36 services.web.autoscaler.policy.hpa.taget). Did you mean "target"?',
  ],
  [
    'an unknown balancing policy',
    [['least-request', 'leastconn']],
    'unknown balancing policy "leastconn" (shop.yml:17:11 balancers.edge.policy).',
  ],
  [
    'two policies',
    [['policy: least-request', 'policy: { jsq: {}, sed: {} }']],
    'expected one policy, got 2 (shop.yml:17:11 balancers.edge.policy). Write { name: { parameters } }.',
  ],
  [
    'a link between components that never talk',
    [
      ['from: edge, to: web, latency', 'from: edge, to: store, latency'],
      ['latency: edge->web', 'latency: edge->store'],
    ],
    'nothing goes from "edge" to "store" (shop.yml:15:5 links[1]). Remove the link, or correct its ends.',
  ],
  [
    'a link from something to itself',
    [
      ['from: edge, to: web, latency', 'from: web, to: web/1, latency'],
      ['latency: edge->web', 'latency: web->web/1'],
    ],
    'a link cannot lead from "web" to itself (shop.yml:15:18 links[1].to). Name two components.',
  ],
  [
    'a link twice',
    [['balancers:\n', '  - { from: edge, to: web }\nbalancers:\n']],
    'a link from edge to web is declared already (links[1]) (shop.yml:16:5 links[2]). Remove one of the two.',
  ],
  [
    'a link to a slot from elsewhere than a balancer',
    [['balancers:\n', '  - { from: web, to: store/0, latency: 1ms }\nbalancers:\n']],
    'only a link from a balancer can end at one slot, got "store/0" (shop.yml:16:18 links[2].to). Write "store".',
  ],
  [
    'a link to a slot of a balancer',
    [['from: shoppers, to: edge,', 'from: shoppers, to: edge/1,']],
    '"edge" is not a service and has no slots (shop.yml:14:23 links[0].to). Write "edge".',
  ],
  [
    'negative durations',
    [['timeout: 3s', 'timeout: -3s']],
    'expected a duration above 0, got "-3s" (shop.yml:11:5 workloads.shoppers.timeout).',
  ],
  [
    'a loss above one',
    [['loss: 0.1%', 'loss: 101%']],
    'expected a fraction of at most 1, got "101%" (shop.yml:14:82 links[0].loss).',
  ],
  [
    'a fraction of a core',
    [['cores: 2', 'cores: 1.5']],
    'expected an integer of at least 1, got 1.5 (shop.yml:21:5 services.web.cores). Give a whole number.',
  ],
  [
    'a number in quotes',
    [['cores: 2', 'cores: "2"']],
    'expected an integer, got "2" (shop.yml:21:5 services.web.cores). Write it without quotes.',
  ],
  [
    'a billion replicas',
    [['replicas: 4', 'replicas: 1000000000']],
    'expected an integer of at most 10000, got 1000000000 (shop.yml:20:5 services.web.replicas). Give at most 10000.',
  ],
  [
    'a billion replicas in groups',
    [['replicas: 4', 'replicas: [{ count: 9000 }, { count: 9000 }]']],
    'expected at most 10000 replicas, got 18000 (shop.yml:20:5 services.web.replicas). Give fewer.',
  ],
  [
    'too many repetitions',
    [
      [
        '{ io: 10ms }',
        '{ repeat: { times: 1000, steps: [{ repeat: { times: 1000, steps: [{ io: 1 }] } }] } }',
      ],
    ],
    'more than 100000 steps after unrolling "repeat" (shop.yml:25:7 services.web.endpoints.buy). Repeat fewer times.',
  ],
  [
    'a forward that is not last',
    [['{ call: store }', '{ forward: store }']],
    'expected "forward" as the last step of the endpoint (shop.yml:24:50 services.web.endpoints.browse[2].forward). Move it to the end; what follows would never run.',
  ],
  [
    'a forward in a parallel branch',
    [['{ call: store }, { cpu: 1ms }', '{ parallel: [[{ forward: store }]] }']],
    'expected "forward" as the last step of the endpoint (shop.yml:24:64 services.web.endpoints.browse[2].parallel[0][0].forward). Move it to the end; what follows would never run.',
  ],
  [
    'a step of two kinds',
    [['{ io: 10ms }', '{ io: 10ms, cpu: 1ms }']],
    'expected a step with exactly one field, got cpu and io (shop.yml:25:46 services.web.endpoints.buy[2]). Choose one of cpu, recorded, io, memory, call, query, forward, parallel, choose, repeat, transaction.',
  ],
  [
    'a misspelled distribution, once',
    [['lognormal', 'lognormel']],
    'unknown field "lognormel" (shop.yml:14:44 links[0].latency.lognormel). Did you mean "lognormal"?',
  ],
  [
    'a cv that the distribution cannot have',
    [['lognormal: { mean: 20ms, cv: 0.3 }', 'normal: { mean: 20ms, cv: 1 }']],
    'expected a number below 1, got 1 (shop.yml:14:66 links[0].latency.normal.cv). A normal that is at least 0 varies less than an exponential; use lognormal or gamma.',
  ],
  [
    'a mean of zero',
    [['mean: 1ms', 'mean: 0']],
    'expected a finite number above 0, got 0 (shop.yml:29:38 services.store.endpoints.read[0].cpu.exponential.mean). Write 0 for a constant zero.',
  ],
  [
    'a list for a duration',
    [['timeout: 3s', 'timeout: [3s]']],
    'expected a duration or a distribution, got a list (shop.yml:11:5 workloads.shoppers.timeout). Write 20ms or { exponential: { mean: 20ms } }.',
  ],
  [
    'nothing for a duration',
    [['timeout: 3s', 'timeout:']],
    'expected a duration or a distribution, got nothing (shop.yml:11:5 workloads.shoppers.timeout). Write 20ms or { exponential: { mean: 20ms } }.',
  ],
  [
    'an unknown jitter',
    [['jitter: full', 'jitter: ful']],
    'expected none or full or equal or decorrelated, got "ful" (shop.yml:12:66 workloads.shoppers.retry.backoff.exponential.jitter). Did you mean "full"?',
  ],
  [
    'no way to choose targets',
    [['policy: least-request, to: web', 'policy: least-request']],
    'expected to or targets, got neither (shop.yml:17:3 balancers.edge). Give one of the two.',
  ],
  [
    'a sample period that would never end',
    [['name: Shop', 'samplePeriod: 1ns']],
    'samplePeriod 1e-9 makes more than 10000000 samples (shop.yml:1:1 samplePeriod). Sample less often.',
  ],
  [
    'an objective on an unknown metric',
    [['name: Shop', 'slo: [p100 < 1s]']],
    'unknown metric "p100" in "p100 < 1s" (shop.yml:1:7 slo[0]). Write e.g. "p95 < 250ms", "mean < 1s", "errors < 0.1%" or "throughput > 100/s".',
  ],
  [
    'an objective the wrong way round',
    [['name: Shop', 'slo: [throughput < 9/s]']],
    'expected throughput > a bound, got "throughput < 9/s" (shop.yml:1:7 slo[0]).',
  ],
  [
    'a latency that is to be long',
    [['name: Shop', 'slo: [p95 > 1s]']],
    'expected p95 < a bound, got "p95 > 1s" (shop.yml:1:7 slo[0]).',
  ],
  [
    'a throughput in seconds',
    [['name: Shop', 'slo: [throughput > 9s]']],
    'expected a rate, got a duration: "9s" (shop.yml:1:7 slo[0]).',
  ],
  [
    'relays, which only imports have',
    [['name: Shop', 'relays: []']],
    'this version does not support "relays" in a scenario yet (shop.yml:1:1 relays). Remove the field.',
  ],
]

test.each(CASES)('%s', (_, changes, message) => {
  const messages = messagesOf(change(SHOP, ...changes))
  expect(
    messages.some((found) => found.startsWith(message)),
    messages.join('\n'),
  ).toBe(true)
  expect(messages.filter((found) => found.startsWith(message))).toHaveLength(1)
})

test('the scenario that they change is fine', () => {
  expect(messagesOf(SHOP)).toEqual([])
})

test('no workload at all', () => {
  const text = 'horizon: 1\nworkloads: {}\nservices: {}\n'
  expect(messagesOf(text)).toEqual([
    'no arrivals: there is no workload (shop.yml:2:1 workloads). Declare one, e.g. { users: { to: web, arrivals: { poisson: { rate: 10/s } } } }.',
  ])
})

test('defaults of callers on which the targets of a balancer do not agree', () => {
  const text = (timeouts: readonly string[]): string =>
    `horizon: 1
workloads: { c: { to: lb, arrivals: { poisson: { rate: 1 } } } }
balancers: { lb: { targets: [a, b] } }
services:
  a: { endpoints: { e: [{ cpu: 1ms }] }${timeouts[0]} }
  b: { endpoints: { e: [{ cpu: 1ms }] }${timeouts[1]} }
`
  expect(messagesOf(text([', timeout: 1s', ', timeout: 1s']))).toEqual([])
  expect(messagesOf(text([', timeout: 1s', '']))).toEqual([
    'the targets of "lb" do not say the same of "timeout", which is a default of those who call them (shop.yml:5:42 services.a.timeout). Write the same at each target, or write it at the calling sites.',
  ])
})

test.each([
  ['attempts: 3,', 'attempts: 3, budget: 120%,', 'expected a fraction', 'retry.budget'],
  [
    'attempts: 3,',
    'attempts: 3, budget: { window: 1s },',
    'expected a retry budget with one of percent, throttle and active',
    'retry.budget',
  ],
  [
    'attempts: 3,',
    'attempts: 3, budget: { percent: 10%, throttle: {} },',
    'expected a retry budget with one of percent, throttle and active',
    'retry.budget',
  ],
  ['attempts: 3,', 'attempts: 3, on: [deadline],', 'expected refused or', 'retry.on'],
  ['    timeout: 3s\n', '    timeout: 3s\n    hedge: { after: 0s }\n', 'expected a duration', 'hedge.after'],
  [
    '    timeout: 3s\n',
    '    timeout: 3s\n    hedge: { after: p5 }\n',
    'expected a duration above 0, a distribution or a quantile such as p95, got "p5"',
    'hedge.after',
  ],
  ['    timeout: 3s\n', '    timeout: 3s\n    hedge: { max: 1 }\n', 'missing field "after"', 'hedge.after'],
  [
    '    timeout: 3s\n',
    '    timeout: 3s\n    circuitBreaker: { window: 1500ms }\n',
    'expected whole seconds',
    'circuitBreaker.window',
  ],
  [
    '    timeout: 3s\n',
    '    timeout: 3s\n    circuitBreaker: { open: 1s, hystrix: {} }\n',
    'expected one kind of circuit breaker',
    'circuitBreaker',
  ],
  [
    '    timeout: 3s\n',
    '    timeout: 3s\n    circuitBreaker: { hystrix: { window: 1s, interval: 2s } }\n',
    'the interval is longer',
    'circuitBreaker.hystrix.interval',
  ],
  [
    '    timeout: 3s\n',
    '    timeout: 3s\n    circuitBreaker: { consecutive: { open: 9s, maxOpen: 1s } }\n',
    'the maximum is shorter',
    'circuitBreaker.consecutive.maxOpen',
  ],
])('what cannot work at a calling site is refused: %#', (from, to, what, path) => {
  const messages = messagesOf(change(SHOP, [from, to]))
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(what)
  expect(messages[0]).toContain(path)
})

test.each([
  ['{ queueLimit: -1 }', 'expected an integer of at least 0, got -1', 'overload.queueLimit'],
  ['{ concurrencyLimit: 0 }', 'expected an integer of at least 1, got 0', 'overload.concurrencyLimit'],
  ['{ concurrencyLimit: { vegas: {}, aimd: {} } }', 'exactly one field, got', 'overload.concurrencyLimit'],
  [
    '{ concurrencyLimit: { gradient: { min: 9, max: 5 } } }',
    'min <= initial <= max',
    'concurrencyLimit.gradient',
  ],
  ['{ concurrencyLimit: { aimd: { initial: 500 } } }', 'min <= initial <= max', 'concurrencyLimit.aimd'],
  ['{ rateLimit: { burst: 5 } }', 'either rate and burst or leaky', 'overload.rateLimit'],
  ['{ rateLimit: { rate: 5, leaky: { rate: 1, capacity: 2 } } }', 'either rate', 'overload.rateLimit'],
  ['{ rateLimit: { rate: 0 } }', 'above 0', 'overload.rateLimit.rate'],
  ['{ shed: late }', 'expected deadline or codel or controlledDelay', 'overload.shed'],
  ['{ shed: [codel, controlledDelay] }', 'expected codel or controlledDelay, got several', 'overload.shed'],
  ['{ bulkheads: { b: { concurrent: 3 } } }', 'expected endpoints or classes, got neither', 'bulkheads.b'],
  ['{ bulkheads: { b: { endpoints: [browze] } } }', 'has no endpoint "browze"', 'bulkheads.b.endpoints[0]'],
  ['{ bulkheads: { b: { classes: [shoppers.sell] } } }', 'unknown class', 'bulkheads.b.classes[0]'],
  [
    '{ bulkheads: { b: { endpoints: [browse] }, c: { endpoints: [browse] } } }',
    'endpoint "browse" is in the bulkhead "b" already',
    'bulkheads.c.endpoints[0]',
  ],
  ['{ queue: sjf }', 'expected fifo or lifo', 'overload.queue'],
  ['{ dagor: { queueTime: 0s } }', 'expected a duration above 0', 'overload.dagor.queueTime'],
  ['{ dagor: { decrease: 120% } }', 'expected a fraction of at most 1', 'overload.dagor.decrease'],
])('overload control that cannot work is refused: %s', (written, what, path) => {
  const messages = messagesOf(change(SHOP, ['    cores: 2\n', `    cores: 2\n    overload: ${written}\n`]))
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(what)
  expect(messages[0]).toContain(path)
})

test.each([
  ['policy: least-request', 'sockets: { max: 1 }', 'a balancer needs two sockets for a request', 'max'],
  ['policy: least-request', 'memory: 1MiB', 'a balancer without sockets takes no memory', 'memory'],
  ['policy: least-request', 'sockets: {}, memory: 4KiB', 'two connections of a request never fit', 'memory'],
  [
    '    cores: 2\n',
    '    cores: 2\n    sockets: { memoryPerConnection: 9GiB }\n',
    'never fit into the memory of a replica',
    'sockets',
  ],
])('sockets that cannot serve one request are refused: %#', (from, to, what, path) => {
  const messages = messagesOf(change(SHOP, [from, to]))
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(what)
  expect(messages[0]).toContain(path)
})

test.each([
  ['{ concurrencyLimit: 5 }, response: direct', 'concurrencyLimit needs the answers', 'concurrencyLimit'],
  [
    '{ bulkheads: { b: { classes: [shoppers.buy] } } }, response: direct',
    'bulkheads needs the answers',
    'bulkheads',
  ],
  [
    '{ queueLimit: 5 }',
    'queueLimit bounds the wait for a backend, and nothing waits for one here',
    'queueLimit',
  ],
  ['{ concurrencyLimit: 5, shed: codel }', 'codel is about the wait for a concurrency limit', 'shed'],
  ['{ queue: lifo }', 'lifo is about the wait for a concurrency limit', 'queue'],
  ['{ bulkheads: { b: { classes: [shoppers.sell] } } }', 'unknown class "shoppers.sell"', 'classes[0]'],
  [
    '{ bulkheads: { b: { classes: [shoppers.buy], endpoints: [browse] } } }',
    'unknown field "endpoints"',
    'bulkheads.b',
  ],
  ['{ scope: service }', 'unknown field "scope"', 'overload'],
  ['{ dagor: {} }', 'unknown field "dagor"', 'overload'],
])('overload control of a balancer that cannot work is refused: %s', (written, what, path) => {
  const messages = messagesOf(change(SHOP, ['policy: least-request', `overload: ${written}`]))
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(what)
  expect(messages[0]).toContain('(shop.yml:17:')
  expect(messages[0]).toContain(path)
})

test.each([
  [
    'policy: least-request',
    'passiveChecks: {}, response: direct',
    'passiveChecks needs the answers',
    'passiveChecks',
  ],
  [
    'policy: least-request',
    'passiveChecks: { maxFails: 0 }',
    'expected an integer of at least 1',
    'maxFails',
  ],
  [
    '    cores: 2\n',
    '    cores: 2\n    readiness: { period: 0s }\n',
    'expected a duration above 0',
    'period',
  ],
  [
    '    cores: 2\n',
    '    cores: 2\n    readiness: { failures: 3 }\n',
    'unknown field "failures"',
    'readiness',
  ],
  ['    cores: 2\n', '    cores: 2\n    coldStart: {}\n', 'missing field "duration"', 'coldStart'],
  [
    '    cores: 2\n',
    '    cores: 2\n    coldStart: { duration: 5s, speed: 0 }\n',
    'above 0',
    'coldStart.speed',
  ],
  ['min: 2,', 'min: 2, drainTimeout: soon,', 'expected a duration', 'drainTimeout'],
])('what cannot be said of hosts and replicas is refused: %s -> %s', (from, to, what, path) => {
  const messages = messagesOf(change(SHOP, [from, to]))
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(what)
  expect(messages[0]).toContain('(shop.yml:')
  expect(messages[0]).toContain(path)
})

test('dagor is refused where nobody waits for a core', () => {
  const messages = messagesOf(
    change(SHOP, ['    cores: 2\n', '    cores: 2\n    discipline: ps\n    overload: { dagor: {} }\n']),
  )
  expect(messages).toEqual([
    'dagor goes by the wait for a core, which nothing has under ps (shop.yml:23:17 services.web.overload.dagor). Use discipline: fifo, or limit the concurrency instead.',
  ])
})

test.each(['{ queue: lifo }', '{ shed: codel }'])(
  '%s is refused where nobody waits for a core',
  (written) => {
    const messages = messagesOf(
      change(SHOP, ['    cores: 2\n', `    cores: 2\n    discipline: ps\n    overload: ${written}\n`]),
    )
    expect(messages).toHaveLength(1)
    expect(messages[0]).toContain('under discipline ps nobody waits for a core')
  },
)

test.each([
  ['    cores: 2\n', '    cores: 2\n    failures: { mtbf: 10 }\n', 'failures', 'a service'],
  ['policy: least-request', 'healthCheck: 5s', 'healthCheck', 'a balancer'],
  ['weight: 2,', 'weight: 2, size: 10kB,', 'size', 'a class'],
  ['latency: 1ms }', 'latency: 1ms, bandwidth: 10 }', 'bandwidth', 'a link'],
  ['{ io: 10ms }', '{ publish: { to: orders } }', 'publish', 'a step'],
  ['poisson: { rate: 120/s }', 'onOff: { on: 1, off: 2 }', 'onOff', 'arrivals'],
  ['{ outage: web/2, ', '{ error: web, ', 'error', 'an event'],
  ['name: Shop\n', 'queues: { jobs: {} }\n', 'queues', 'a scenario'],
  ['name: Shop\n', 'caches: { sessions: { capacity: 10, cost: 1 } }\n', 'cost', 'a cache'],
  ['name: Shop\n', 'databases: { orders: { cost: 1 } }\n', 'cost', 'a database'],
])('what is planned is refused as such: %#', (from, to, field, noun) => {
  const messages = messagesOf(change(SHOP, [from, to]))
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(`this version does not support "${field}" in ${noun} yet (shop.yml:`)
})
