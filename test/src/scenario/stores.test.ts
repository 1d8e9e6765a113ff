/** What is said of databases that cannot work. */
import { expect, test } from 'vitest'
import { messagesOf } from './support.ts'

const SHOP = `horizon: 10
workloads: { c: { to: web, arrivals: { poisson: { rate: 1/s } } } }
services:
  web: { endpoints: { e: [{ query: { to: orders, type: read } }] } }
databases:
  orders: { connections: 5, queries: { read: 2ms } }
events:
  - { slow: orders, factor: 2, at: 1 }
`

test('the scenario that they change is fine', () => {
  expect(messagesOf(SHOP)).toEqual([])
})

test.each([
  ['query: { to: orders', 'query: { to: order', 'unknown target "order"'],
  [
    'query: { to: orders, type: read }',
    'call: orders',
    'expected a balancer or a service or a cache, got the database "orders"',
  ],
  ['query: { to: orders', 'query: { to: web', 'expected a database, got the service "web"'],
  ['type: read', 'type: raed', 'database "orders" has no query "raed"'],
  [', type: read', '', 'expected latency or type, got neither'],
  ['type: read', 'type: read, latency: 1ms', 'expected latency or type, got both'],
  ['connections: 5', 'connections: 0', 'expected an integer of at least 1, got 0'],
  ['connections: 5', 'connections: 5, acquireTimeout: 0', 'expected a duration above 0, got 0'],
  [
    'slow: orders, factor: 2',
    'outage: orders',
    'the database "orders" is in no rotation that it could be taken out of',
  ],
  ['slow: orders', 'slow: orders/1', '"orders" is not a service and has no slots'],
  ['slow: orders, factor: 2', 'fail: web', 'expected a database, got the service "web"'],
  ['connections: 5', 'maxConnections: 5', 'maxConnections limits pools of replicas, and there is one pool'],
  ['connections: 5', 'pool: per-repica', 'expected shared or per-replica, got "per-repica"'],
  ['connections: 5', 'usl: { sigma: -1 }', 'expected a number of at least 0, got -1'],
  ['connections: 5', 'usl: { alpha: 1 }', 'unknown field "alpha"'],
  [
    '[{ query: { to: orders, type: read } }]',
    '[{ transaction: { to: orders, steps: [{ cpu: 1ms }] } }]',
    'the transaction has no query to "orders"',
  ],
  [
    '[{ query: { to: orders, type: read } }]',
    '[{ transaction: { to: orders, steps: [{ query: { to: orders, type: read, retry: { attempts: 2 } } }] } }]',
    'a query within a transaction cannot have "retry"',
  ],
  [
    '[{ query: { to: orders, type: read } }]',
    '[{ transaction: { to: orders, steps: [{ parallel: [[{ query: { to: orders, type: read } }]] }] } }]',
    'the connection of the transaction at "orders" runs one query at a time',
  ],
  [
    '[{ query: { to: orders, type: read } }]',
    '[{ transaction: { to: orders, steps: [{ transaction: { to: orders, steps: [{ query: { to: orders, type: read } }] } }] } }]',
    'a transaction at "orders" is open already',
  ],
  [
    '[{ query: { to: orders, type: read } }]',
    '[{ transaction: { to: web, steps: [{ query: { to: orders, type: read } }] } }]',
    'expected a database, got the service "web"',
  ],
  ['to: web,', 'to: orders,', 'expected a balancer or a service, got the database "orders"'],
  [
    '  orders: {',
    '  web: { connections: 1 }\n  orders: {',
    '"web" is already the name of one of the services',
  ],
  ['  orders: {', '  spare: { connections: 1 }\n  orders: {', 'nothing leads to "spare"'],
])('%s -> %s is refused', (from, to, what) => {
  const messages = messagesOf(SHOP.replace(from, to))
  expect(
    messages.some((message) => message.startsWith(what)),
    messages.join('\n'),
  ).toBe(true)
})
