/** Python environments of the peers: made under .cache, found again, and left out where there is no Python for them. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PythonNeeds } from './measurement.ts'
import { PACKAGE_ROOT } from './subject-process.ts'

const MODULES: Readonly<Record<string, string>> = {
  'asyncflow-sim': 'asyncflow',
  pillow: 'PIL',
  'stable-baselines3': 'stable_baselines3',
}

/** A Python that has the packages. Throws where there is none and none can be made. */
export function findPython(needs: PythonNeeds, flags: ReadonlySet<string>): string {
  const folder = join(PACKAGE_ROOT, '.cache', needs.environment)
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(python) && has(python, needs.packages)) return python
  const candidates = pythons().filter(
    (one) => needs.version === undefined || versionOf(one) === needs.version,
  )
  if (needs.flag !== undefined && !flags.has(needs.flag)) {
    const found = candidates.find((one) => has(one, needs.packages))
    if (found !== undefined) return found
    throw new Error(`${needs.packages.join(', ')} is not installed. --${needs.flag} installs it.`)
  }
  const base = candidates[0]
  if (base === undefined)
    throw new Error(`there is no Python${needs.version ? ` ${needs.version}` : ''} here.`)
  process.stderr.write(`Installing ${needs.packages.join(', ')} into ${folder}\n`)
  rmSync(folder, { recursive: true, force: true })
  execFileSync(base, ['-m', 'venv', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...needs.packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return python
}

/** Those on PATH and those of pyenv that really run: its shims exist for versions that are not chosen as well. */
function pythons(): string[] {
  const found = ['python3', 'python3.12', 'python3.13', 'python3.11', 'python']
  const root = spawnSync('pyenv', ['root'], { encoding: 'utf8' }).stdout?.trim()
  const versions = root ? join(root, 'versions') : ''
  if (root && existsSync(versions)) {
    for (const version of readdirSync(versions)) found.push(join(versions, version, 'bin', 'python'))
  }
  return found.filter((python) => {
    const [major = 0, minor = 0] = (versionOf(python) ?? '').split('.').map(Number)
    return major === 3 && minor >= 10
  })
}

function versionOf(python: string): string | undefined {
  const code = 'import sys; print("%d.%d" % sys.version_info[:2])'
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

function has(python: string, packages: readonly string[]): boolean {
  const modules = packages.map((name) => MODULES[name] ?? name)
  const code = `import importlib.util as u, sys; sys.exit(not all(u.find_spec(m) for m in ${JSON.stringify(modules)}))`
  return spawnSync(python, ['-c', code]).status === 0
}
