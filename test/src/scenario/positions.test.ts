import { expect, test } from 'vitest'
import { change, messagesOf, problemsOf, problemsOfValue, SHOP } from './support.ts'

test('a problem names file, line, column and path, and says what to do', () => {
  expect(messagesOf(change(SHOP, ['cores: 2', 'cores: 0']))).toEqual([
    'expected an integer of at least 1, got 0 (shop.yml:21:5 services.web.cores). Give at least 1.',
  ])
})

test('an unknown field is found at its key, with what was meant', () => {
  expect(messagesOf(change(SHOP, ['policy: least', 'polcy: least']))).toEqual([
    'unknown field "polcy" (shop.yml:17:11 balancers.edge.polcy). Did you mean "policy"?',
  ])
})

test('a missing field is found at the mapping that lacks it', () => {
  expect(problemsOf(change(SHOP, ['    to: edge\n', '']))).toMatchObject([
    { what: 'missing field "to"', path: 'workloads.shoppers.to', line: 5, column: 3 },
  ])
  expect(problemsOf(change(SHOP, ['horizon: 10min\n', '']))).toMatchObject([
    { what: 'missing field "horizon"', line: 1, column: 1 },
  ])
})

test('an item of a list is found at its start', () => {
  expect(problemsOf(change(SHOP, ['slow: web,', 'slow: wep,']))).toMatchObject([
    { path: 'events[3].slow', line: 34, column: 7 },
  ])
  expect(problemsOf(`slo: [p95 < 1s, p95 > 1s]\n${SHOP}`)).toMatchObject([
    { path: 'slo[1]', line: 1, column: 17 },
  ])
})

test('what stands behind an alias is found at its anchor', () => {
  const text = change(
    SHOP,
    ['[{ cpu: 4ms }, { memory: 16MiB }, { io: 10ms }]', '*steps'],
    ['browse: [', 'browse: &steps ['],
    ['cpu: 3ms', 'cpu: 3MB'],
  )
  const columns = problemsOf(text).map(({ line, column, path }) => [line, column, path])
  expect(columns).toEqual([
    [24, 25, 'services.web.endpoints.browse[0].cpu'],
    [24, 25, 'services.web.endpoints.buy[0].cpu'],
  ])
})

test('problems of different parts are reported together, in the order of the text', () => {
  const text = change(
    SHOP,
    ['horizon: 10min\n', ''],
    ['to: edge\n', 'to: egde\n'],
    ['attempts: 3', 'attempts: 0'],
    ['lognormal', 'lognormel'],
    ['policy: least-request', 'policy: last-request'],
    ['cores: 2', 'cores: two\n    colour: red'],
    ['io: 10ms', 'io: 10MB'],
    ['add: 50ms', 'ad: 50ms'],
    ['surge: shoppers', 'surge: hoppers'],
  )
  const problems = problemsOf(text)
  expect(problems.map(({ path }) => path)).toEqual(
    [
      'horizon',
      'workloads.shoppers.retry.attempts',
      'links[0].latency.lognormel',
      'balancers.edge.policy',
      'services.web.cores',
      'services.web.colour',
      'services.web.endpoints.buy[2].io',
      'events[1].add',
      'events[1].ad',
      'events[2].surge',
    ].filter((path) => problems.some((problem) => problem.path === path)),
  )
  expect(problems.length).toBeGreaterThanOrEqual(8)
  const lines = problems.map(({ line }) => line ?? 0)
  expect(lines).toEqual([...lines].sort((a, b) => a - b))
})

test('a wrong component does not hide problems of others, nor cause new ones', () => {
  const text = change(
    SHOP,
    ['cores: 2', 'cores: 0'],
    ['call: store', 'call: sotre'],
    ['read: [{ cpu', 'read: [{ forward: nowhere }, { cpu'],
  )
  expect(problemsOf(text).map(({ path }) => path)).toEqual(
    ['services.web.cores', 'services.store.endpoints.read[0].forward'].flatMap((path) =>
      path.endsWith('forward') ? [path, path] : [path],
    ),
  )
})

test('a value has paths without positions', () => {
  expect(problemsOfValue({ horizon: -1, workloads: {} })).toEqual([
    { what: 'expected a duration above 0, got -1', path: 'horizon', hint: undefined, file: undefined },
    expect.objectContaining({ path: 'workloads' }),
  ])
})

test('malformed YAML is found where it is', () => {
  expect(problemsOf('horizon: 1s\nworkloads: [\n')).toMatchObject([{ file: 'shop.yml', line: 3, column: 1 }])
  expect(problemsOf('a: "x\n')).toMatchObject([
    { what: expect.stringContaining('malformed YAML: missing closing'), line: 2 },
  ])
  expect(problemsOf('{ "horizon": 1, }}')).toMatchObject([{ line: 1, column: 18 }])
  expect(problemsOf('a:\n\tb: 1\n')[0]).toMatchObject({ what: 'tabs cannot indent YAML', line: 2, column: 1 })
})
