/** Real Python with the package of python/ on its path. */
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Finished, finished, ROOT } from './cli.ts'

// As built: it looks for .cache beside dist.
const { findPython } = (await import(
  join(ROOT, 'dist/benchmarks/perf/python.mjs')
)) as typeof import('../../benchmarks/perf/python.ts')

/** `.ci/run` makes it (scripts/python-venv.mjs); else a Python that has the packages. */
const NEEDS = {
  environment: 'python',
  packages: ['numpy', 'gymnasium', 'hatchling', 'minari', 'h5py', 'pillow'],
  flag: 'install-python',
} as const

/** undefined, and said once, where there is none. */
export const PYTHON: string | undefined = find()

function find(): string | undefined {
  try {
    return findPython(NEEDS, new Set())
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    console.warn(`Tests with Python are left out: ${why} \`node scripts/python-venv.mjs\` installs it.`)
    return undefined
  }
}

const FOLDERS = [join(ROOT, 'python/src'), join(ROOT, 'test/python')]

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PYTHONPATH: FOLDERS.join(process.platform === 'win32' ? ';' : ':'),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONWARNINGS: 'error::ResourceWarning',
    // The process of the tests is not that of the library: it would watch its imports.
    NODE_OPTIONS: '',
    ...more,
  }
}

/** Runs a program and waits for its end. */
export function runPython(
  args: readonly string[],
  { env, cwd = ROOT }: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<Finished> {
  return finished(spawn(PYTHON!, args, { env: environment(env), cwd, stdio: ['ignore', 'pipe', 'pipe'] }))
}

export type PythonTest = { readonly name: string; readonly failure: string | null }

/** The tests of a module of test/python, run now: so that each of them is a test here. */
export function pythonTests(module: string): readonly PythonTest[] {
  if (PYTHON === undefined) return []
  const program = join(ROOT, 'test/python/run_module.py')
  const { stdout, stderr } = spawnSync(PYTHON, [program, module], {
    env: environment(),
    cwd: ROOT,
    encoding: 'utf8',
  })
  const line = stdout.trim().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line) as PythonTest[]
  } catch {
    return [{ name: `${module} can be run`, failure: `${stdout}\n${stderr}` }]
  }
}
