/** Rendering and closing. The modes are tried on fresh environments, made from the spec. */
import type { Env } from '../env.ts'
import { describe } from '../spaces/json-number.ts'
import { messageOf, type Probe } from './probe.ts'
import type { Check } from './types.ts'

export const RENDER_CHECKS: readonly Check[] = [
  {
    name: 'render-modes-declared',
    source: 'gymnasium',
    level: 'warning',
    needs: [],
    run: (probe) =>
      modesOf(probe) === undefined
        ? 'metadata.renderModes is not a list of strings ([] for none)'
        : undefined,
  },
  {
    name: 'render-fps-declared',
    source: 'gymnasium',
    level: 'warning',
    needs: ['render-modes-declared'],
    run: (probe) => {
      const fps = metadataOf(probe).renderFps
      if (modesOf(probe)!.length === 0 || typeof fps === 'number') return undefined
      return `metadata.renderFps is ${describe(fps)}, not a number`
    },
  },
  {
    name: 'render-fps-positive',
    source: 'gymnasium',
    level: 'error',
    needs: ['render-fps-declared'],
    run: (probe) => {
      const fps = metadataOf(probe).renderFps
      return fps === undefined || (fps as number) > 0 ? undefined : `metadata.renderFps is ${fps}`
    },
  },
  {
    name: 'render-mode-declared',
    source: 'gymnasium',
    level: 'error',
    needs: ['render-modes-declared'],
    run: (probe) => {
      const mode = probe.suspect.renderMode
      if (mode === undefined || modesOf(probe)!.includes(mode as string)) return undefined
      return `renderMode ${describe(mode)} is not among metadata.renderModes`
    },
  },
  {
    name: 'has-spec',
    source: 'gymnasium',
    level: 'warning',
    needs: [],
    run: ({ suspect }) =>
      suspect.spec === undefined
        ? 'the environment was not created by make(): render modes and close() could not be tried'
        : undefined,
  },
  {
    name: 'render-returns-image',
    source: 'gymnasium',
    level: 'warning',
    needs: ['env-has-methods', 'render-modes-declared', 'has-spec'],
    run: (probe) => {
      if (probe.options.skipRender === true) return undefined
      for (const mode of modesOf(probe)!) {
        const fault = renderFault(probe, mode)
        if (fault !== undefined) return `in the mode "${mode}" ${fault}`
      }
      return undefined
    },
  },
  {
    name: 'close-twice',
    source: 'gymnasium',
    level: 'warning',
    needs: ['env-has-methods', 'has-spec'],
    run: (probe) => {
      if (probe.options.skipClose === true) return undefined
      try {
        const env = fresh(probe, {})
        env.close()
        env.close()
        return undefined
      } catch (error) {
        return `close() of a fresh environment, twice, threw: ${messageOf(error)}`
      }
    },
  },
]

function metadataOf({ suspect }: Probe): Record<string, unknown> {
  return (suspect.metadata ?? {}) as Record<string, unknown>
}

function modesOf(probe: Probe): readonly string[] | undefined {
  const modes = metadataOf(probe).renderModes
  return Array.isArray(modes) && modes.every((mode) => typeof mode === 'string') ? modes : undefined
}

function fresh({ env }: Probe, kwargs: Record<string, unknown>): Env {
  return env.spec!.entryPoint({ ...env.spec!.kwargs, ...kwargs })
}

function renderFault(probe: Probe, mode: string): string | undefined {
  try {
    const env = fresh(probe, { renderMode: mode })
    env.reset({ seed: probe.seed })
    const picture = env.render?.()
    env.close()
    return pictureFault(mode, picture)
  } catch (error) {
    return `render() threw: ${messageOf(error)}`
  }
}

/** Modes that are not listed here may return anything. */
function pictureFault(mode: string, picture: unknown): string | undefined {
  if (mode.endsWith('_list')) return Array.isArray(picture) ? undefined : 'render() returned no list'
  switch (mode) {
    case 'human':
      return picture === undefined || picture === null ? undefined : 'render() returned something'
    case 'ansi':
    case 'svg':
      return typeof picture === 'string' ? undefined : 'render() returned no string'
    case 'rgb_array':
      return hasPixels(picture, 3)
        ? undefined
        : 'render() returned no { width, height, data: width x height x 3 }'
    case 'depth_array':
      return hasPixels(picture, 1)
        ? undefined
        : 'render() returned no { width, height, data: width x height }'
    default:
      return undefined
  }
}

function hasPixels(picture: unknown, channels: number): boolean {
  if (typeof picture !== 'object' || picture === null) return false
  const { width, height, data } = picture as { width?: unknown; height?: unknown; data?: unknown }
  if (channels === 3 && !(data instanceof Uint8Array)) return false
  if (!(Number.isInteger(width) && Number.isInteger(height) && ArrayBuffer.isView(data))) return false
  return (data as Uint8Array).length === (width as number) * (height as number) * channels
}
