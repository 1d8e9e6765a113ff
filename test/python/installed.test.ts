import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, temporaryFolder } from '../support/cli.ts'
import { PYTHON, runPython } from '../support/python.ts'

describe.skipIf(PYTHON === undefined)('the Python package as pip installs it', () => {
  const folder = temporaryFolder()
  const env = { PYTHONPATH: folder }

  beforeAll(async () => {
    const quiet = [
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--no-compile',
      '--no-build-isolation',
    ]
    const install = ['-m', 'pip', 'install', ...quiet, '--target', folder, join(ROOT, 'python')]
    const { code, stderr } = await runPython(install)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('has its Node program, its types and no other file', async () => {
    const program = `
import importlib.metadata as m
import asyncflow_gym
assert m.version("asyncflow-gym") == asyncflow_gym.__version__
print(m.version("asyncflow-gym"))
print(*sorted(str(f) for f in m.files("asyncflow-gym") if "dist-info" not in str(f)))
print("|".join(m.requires("asyncflow-gym")))
`
    const { stdout } = await runPython(['-c', program], { env, cwd: folder })
    const [version, files = '', needs] = stdout.trim().split('\n')
    expect(version).toBe(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version)
    const names = files.split(' ').map((file) => file.replace('asyncflow_gym/', ''))
    expect(names).toEqual(
      expect.arrayContaining(['_node/bridge.mjs', '_node/environments.json', 'py.typed', '__init__.py']),
    )
    expect(names.filter((name) => !/^\w+\.py$/.test(name))).toHaveLength(3)
    const always = needs?.split('|').filter((need) => !need.includes('extra =='))
    expect(always?.map((need) => need.replace(/\W.*/, '')).sort()).toEqual(['gymnasium', 'numpy'])
  })

  test('needs nothing of the checkout', async () => {
    const program = `
import asyncflow_gym, gymnasium
assert asyncflow_gym.__file__.startswith(${JSON.stringify(folder)}), asyncflow_gym.__file__
env = gymnasium.make("asyncflow/LoadBalancing-v0")
env.reset(seed=1)
print(env.step(0)[1] < 0)
`
    const { stdout, stderr } = await runPython(['-c', program], { env, cwd: folder })
    expect({ stdout, stderr }).toEqual({ stdout: 'True\n', stderr: '' })
  })

  test('does what its README shows', async () => {
    const readme = readFileSync(join(ROOT, 'python/README.md'), 'utf8')
    const programs = [...readme.matchAll(/```python\n([\s\S]*?)```/g)].map(([, code = '']) => code)
    expect(programs.length).toBeGreaterThan(0)
    for (const program of programs) {
      const { code, stderr } = await runPython(['-W', 'error', '-c', program], { env, cwd: folder })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    }
  })
})
