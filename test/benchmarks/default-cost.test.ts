import { expect, test } from 'vitest'
import { evaluateAgents, inProcess } from '../../benchmarks/index.ts'

test('where actions change how often decisions come, agents are compared by time', async () => {
  const { tasks } = await evaluateAgents({
    environment: 'SlowServer-v0',
    agents: [{ name: 'optimal' }, { name: 'random' }],
    episodes: 2,
    episodeLength: 200,
    executor: inProcess(),
  })
  expect(tasks[0]?.cost).toBe('time')
  const other = await evaluateAgents({
    environment: 'Dispatch-v0',
    agents: [{ name: 'jsq' }],
    episodes: 2,
    episodeLength: 200,
    executor: inProcess(),
  })
  expect(other.tasks[0]?.cost).toBe('decision')
})
