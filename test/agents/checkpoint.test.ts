import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { crc32, decodeCheckpoint, encodeCheckpoint } from '../../agents/checkpoint.ts'
import { loadAgentFile, saveAgentFile, writeFileAtomic } from '../../agents/checkpoint-file.ts'
import { createAgent, loadAgent } from '../../agents/create-agent.ts'
import { SimError } from '../../src/errors.ts'

const content = {
  agent: 'test',
  params: { a: 1, list: [1, 2], text: 'é' },
  floats: Float32Array.of(1.5, -0, Number.NaN, 1e-45),
  doubles: Float64Array.of(Math.PI, Number.NEGATIVE_INFINITY),
  integers: Int32Array.of(-1, 2),
  nested: { nothing: null, big: 2 ** 40, yes: true },
}

describe('a checkpoint', () => {
  const bytes = encodeCheckpoint(content)

  test('comes back as it was, typed arrays and special values included', () => {
    expect(decodeCheckpoint(bytes)).toEqual(content)
    const { floats } = decodeCheckpoint(bytes)
    expect(floats).toBeInstanceOf(Float32Array)
    expect(Object.is((floats as Float32Array)[1], -0)).toBe(true)
  })

  test('is read from the middle of a larger buffer too', () => {
    const larger = new Uint8Array(bytes.length + 7)
    larger.set(bytes, 3)
    expect(decodeCheckpoint(larger.subarray(3, 3 + bytes.length))).toEqual(content)
  })

  test('that is truncated at any byte is refused', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.slice(0, length))).toThrow(SimError)
    }
    expect(() => decodeCheckpoint(bytes.slice(0, -1))).toThrow(
      `the checkpoint is truncated: expected ${bytes.length} bytes, got ${bytes.length - 1}. Take an earlier one.`,
    )
    expect(() => decodeCheckpoint(bytes.slice(0, 10))).toThrow(/not an agent checkpoint/)
    expect(() => decodeCheckpoint(Uint8Array.of(...bytes, 0))).toThrow(/bytes after its end/)
  })

  test('with one flipped bit anywhere is refused', () => {
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice()
      damaged[i]! ^= 1 << (i % 8)
      expect(() => decodeCheckpoint(damaged)).toThrow(SimError)
    }
    const damaged = bytes.slice()
    damaged[40]! ^= 4
    expect(() => decodeCheckpoint(damaged)).toThrow(/damaged: its checksum does not match/)
  })

  test('of another version is refused with both versions', () => {
    const newer = bytes.slice()
    newer[8] = 9
    expect(() => decodeCheckpoint(newer)).toThrow(/has format version 9, this package reads version 1/)
  })

  test('of another agent is refused by load, and loadAgent refuses an agent that does not exist', () => {
    const saved = createAgent('jsq').save()
    expect(() => createAgent('sed').load(saved)).toThrow(/is of agent "jsq", not "sed"/)
    expect(() => loadAgent(bytes)).toThrow(/unknown agent "test"/)
  })

  test('has the checksum of zip', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  })
})

describe('a checkpoint file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is written whole, replaces the old one, and leaves nothing else behind', () => {
    const path = join(folder, 'agent.bin')
    writeFileSync(path, 'old')
    const agent = createAgent('offset-sed', { c: 0.3 })
    saveAgentFile(agent, path)
    expect(readdirSync(folder)).toEqual(['agent.bin'])
    expect(new Uint8Array(readFileSync(path))).toEqual(agent.save())
    expect(loadAgentFile(path).save()).toEqual(agent.save())
  })

  test('that cannot be put in place keeps no temporary file and throws', () => {
    // A file cannot be renamed onto a folder.
    expect(() => writeFileAtomic(folder, new Uint8Array(3))).toThrow()
    expect(
      readdirSync(join(folder, '..')).filter((name) => name.endsWith('.tmp') && name.includes('checkpoint-')),
    ).toEqual([])
    expect(readdirSync(folder)).toEqual(['agent.bin'])
  })
})
