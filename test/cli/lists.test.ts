import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { registeredSpecs } from '../../envs/index.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'

const folder = temporaryFolder()

test('envs lists every registered environment with its spaces', async () => {
  const [text, json] = await Promise.all([runCli(['envs']), runCli(['envs', '--json'])])
  expect([text.code, json.code]).toEqual([0, 0])
  const ids = registeredSpecs().map(({ id }) => id)
  expect(ids).toContain('LoadBalancing-v0')
  const listed = JSON.parse(json.stdout)
  expect(listed.map(({ id }: { id: string }) => id)).toEqual(ids)
  for (const { id, description, observationSpace, actionSpace } of listed) {
    expect(description).not.toBe('')
    expect(observationSpace).toHaveProperty('type')
    expect(actionSpace).toHaveProperty('type')
    expect(text.stdout).toContain(id)
  }
})

test('agents lists learners and baselines with what they may see and their parameters', async () => {
  const [text, json] = await Promise.all([runCli(['agents']), runCli(['agents', '--json'])])
  expect([text.code, json.code]).toEqual([0, 0])
  const listed: { name: string; kind: string; information: string }[] = JSON.parse(json.stdout)
  expect(listed).toContainEqual(expect.objectContaining({ name: 'ppo', kind: 'learner' }))
  expect(listed).toContainEqual(
    expect.objectContaining({ name: 'jsq', kind: 'balancing', information: 'global' }),
  )
  for (const { name } of listed) expect(text.stdout).toMatch(new RegExp(`^${name} `, 'm'))
})

test('doctor reports the machine, and writes the report where it is told', async () => {
  const file = join(folder, 'doctor.json')
  const [text, json] = await Promise.all([runCli(['doctor']), runCli(['doctor', '--json', '--out', file])])
  expect([text.code, json.code]).toEqual([0, 0])
  expect(text.stdout).toContain(`Node ${process.versions.node}`)
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: true })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(json.stdout))
})
