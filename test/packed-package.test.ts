import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, temporaryFolder } from './support/cli.ts'

const run = promisify(execFile)
const folder = temporaryFolder()
const installed = join(folder, 'node_modules/asyncflow-gym')
const { exports: entries, bin, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const subpaths = Object.keys(entries).filter((subpath) => subpath !== './package.json')

/** As `npm install` of the tarball would leave it, the dependencies linked instead of copied. */
beforeAll(async () => {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await run('npm', pack, { cwd: ROOT, maxBuffer: 64e6 })
  const [{ filename }] = JSON.parse(stdout)
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.'))
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  await run('tar', ['-xzf', join(folder, filename), '-C', folder])
  await run('mv', [join(folder, 'package'), installed])
})

describe('the package as packed', () => {
  test.each(subpaths)('%s can be imported and has its types', async (subpath) => {
    const specifier = subpath.replace('.', 'asyncflow-gym')
    const script = `console.log(Object.keys(await import(${JSON.stringify(specifier)})).length)`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
    })
    expect(Number(stdout)).toBeGreaterThan(0)
    expect(stderr).toBe('')
    expect(existsSync(join(installed, entries[subpath].types))).toBe(true)
  })

  test('opens nothing deeper than its entry points', async () => {
    const script = `await import('asyncflow-gym/dist/src/errors.mjs')`
    const attempt = run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    await expect(attempt).rejects.toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/)
  })

  test('runs its command', async () => {
    const command = join(installed, bin.asyncflow)
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect((await run(process.execPath, [command, '--version'])).stdout).toBe(`${version}\n`)
    expect(JSON.parse((await run(process.execPath, [command, 'doctor', '--json'])).stdout).ok).toBe(true)
  })

  test('does what the README shows', async () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8')
    const programs = [...readme.matchAll(/```ts.*\n([\s\S]*?)```/g)].map(([, code = '']) => code)
    expect(programs).toHaveLength(2)
    for (const program of programs) {
      const { stderr } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder })
      expect(stderr).toBe('')
    }
    const [, yaml = ''] = /```yaml.*\n([\s\S]*?)```/.exec(readme) ?? []
    writeFileSync(join(folder, 'shop.yml'), yaml)
    const shop = [join(installed, bin.asyncflow), 'run', 'shop.yml', '--quiet']
    expect((await run(process.execPath, shop, { cwd: folder })).stdout).toMatch(/^Shop {2}600 s simulated/)
  })

  test('carries the scenarios, the licence and the texts, and no sources', () => {
    const names = readdirSync(installed).sort()
    expect(names).toEqual(
      ['CHANGELOG.md', 'CITATION.cff', 'LICENSE', 'README.md', 'dist', 'package.json', 'scenarios'].sort(),
    )
  })
})
