/** The command line as users run it: a process of its own on the built package. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url))

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

type Options = { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> }

export function startCli(parameters: readonly string[], options: Options = {}): ChildProcess {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env
  return spawn(process.execPath, [join(ROOT, 'dist/cli/main.mjs'), ...parameters], {
    cwd: options.cwd ?? ROOT,
    env: { ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export async function runCli(parameters: readonly string[], options: Options = {}): Promise<Finished> {
  return finished(startCli(parameters, options))
}

export async function finished(child: ChildProcess): Promise<Finished> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Environment of a process in which this package is not installed. */
export function withoutPackage(name: string): Readonly<Record<string, string>> {
  const hook = `export async function resolve(specifier, context, next) {
    if (specifier === ${JSON.stringify(name)}) throw Object.assign(new Error('hidden'), { code: 'ERR_MODULE_NOT_FOUND' })
    return next(specifier, context)
  }`
  const start = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hook))})`
  return { NODE_OPTIONS: `--import=${dataUrl(start)}` }
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`
}

/** Waits, looking every 20 ms; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** An empty folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asyncflow-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
