/** Checkpoints in files. The only module of `agents` that needs Node. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Agent } from './agent.ts'
import { type AgentContext, loadAgent } from './create-agent.ts'

/** Readers see the old file or the new one, never a part, whenever the process or the machine stops. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  // In the same folder: a rename is atomic within one file system only.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    const file = openSync(temporary, 'w')
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

export function saveAgentFile(agent: Agent, path: string): void {
  writeFileAtomic(path, agent.save())
}

/** Throws SimError for a file that is not a whole checkpoint of this version. */
export function loadAgentFile(path: string, context?: AgentContext): Agent {
  return loadAgent(readFileSync(path), context)
}
