/** What the harness works with: a maker of environments and one of agents. */
import type { Agent } from '../agents/agent.ts'
import type { Env } from '../src/gym/env.ts'
import type { Space } from '../src/gym/spaces/space.ts'
import type { Kwargs } from './types.ts'

export type Kit = {
  make(id: string, kwargs: Record<string, unknown>): Env
  /** `actionSpace` is that of the environment which the agent will meet. */
  createAgent(name: string, params: Kwargs, context: { readonly actionSpace: Space }): Agent | Promise<Agent>
}

/** The registered environments and agents; loaded when first needed, since learners bring much with them. */
export async function loadKit(): Promise<Kit> {
  const [{ make }, { createAgent }, { registerOptimal }] = await Promise.all([
    import('../envs/index.ts'),
    import('../agents/index.ts'),
    import('./optimal/optimal-agent.ts'),
  ])
  registerOptimal()
  return { make: (id, kwargs) => make(id, kwargs), createAgent }
}

/** The kit that the module at this URL exports: `make` and `createAgent`. */
export async function importKit(url: string): Promise<Kit> {
  const { make, createAgent } = (await import(url)) as Kit
  return { make, createAgent }
}
