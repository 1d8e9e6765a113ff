/**
 * The same results, bit for bit, on every version of Node that the package supports: runs the determinism scenarios
 * with each, and compares with the digests that the repository holds. The versions come from npm's package `node`,
 * into .cache/nodes, once.
 *
 *   node scripts/determinism-nodes.mjs [MAJOR ...]      default: 20 22 24
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = process.argv.slice(2)
const majors = wanted.length > 0 ? wanted : ['20', '22', '24']
if (majors.some((major) => !/^\d+$/.test(major))) {
  console.error(`expected major versions of Node, got ${majors.join(' ')}. Give e.g. 20 22 24.`)
  process.exit(2)
}

execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-needed'], { stdio: ['ignore', 2, 2] })
const golden = JSON.parse(readFileSync(join(root, 'test/fixtures/golden-digests.json'), 'utf8'))
let differing = 0
for (const major of majors) {
  const node = nodeOf(major)
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const output = execFileSync(node, [join(root, 'scripts/digest-scenarios.mjs')], { encoding: 'utf8' })
  const digests = JSON.parse(output)
  const files = [...new Set([...Object.keys(golden), ...Object.keys(digests)])]
  const changed = files.filter((file) => golden[file] !== digests[file])
  differing += changed.length
  const verdict = changed.length === 0 ? 'the same' : `DIFFERENT: ${changed.join(', ')}`
  console.log(`Node ${version}: ${files.length} scenarios, ${verdict}`)
}
process.exitCode = differing === 0 ? 0 : 1

/** The running Node, where it is of this major version. */
function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const folder = join(root, '.cache/nodes', major)
  const binary = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true })
    const parameters = ['install', '--prefix', folder, '--no-audit', '--no-fund', `node@${major}`]
    execFileSync('npm', parameters, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  }
  return binary
}
