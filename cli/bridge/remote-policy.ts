/** A trained agent that acts for Python. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Agent } from '../../agents/agent.ts'
import { loadAgentFile } from '../../agents/checkpoint-file.ts'
import { SimError } from '../../src/errors.ts'

export class RemotePolicy {
  private readonly agent: Agent

  /** `path`: a checkpoint, or a folder that `asyncflow train` wrote. Throws SimError where there is none. */
  constructor(path: string) {
    const folder = existsSync(path) && statSync(path).isDirectory()
    const file = folder ? join(path, 'agent.ckpt') : path
    if (!existsSync(file)) {
      throw new SimError(
        'checkpoint',
        `there is no ${folder ? 'agent.ckpt in' : 'file'} ${path}. Name a checkpoint or a folder that \`asyncflow train\` wrote.`,
      )
    }
    this.agent = loadAgentFile(file)
  }

  get name(): string {
    return this.agent.name
  }

  act(observation: unknown, info: Readonly<Record<string, unknown>>, deterministic: boolean): unknown {
    return this.agent.act(observation, info, deterministic)
  }

  close(): void {}
}
