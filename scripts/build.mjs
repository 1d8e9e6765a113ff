/**
 * Builds dist/: first the generated sources (the WebAssembly kernel and the embedded scenarios), then every
 * module of the package as ESM with declarations, one output file per source file.
 * `--if-needed` does nothing when no input has changed since the last build; `--no-types` leaves the
 * declarations out, for a quick look.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LAYERS = ['src', 'envs', 'agents', 'benchmarks', 'report', 'cli']
const KERNEL_SOURCES = 'agents/nn/kernel/assembly'
const KERNEL = 'agents/nn/kernel/wasm.ts'
const SCENARIOS = 'envs/scenarios.generated.ts'
const REPORT_CLIENT = 'report/client.generated.ts'
/** Bundled with what it imports, so that users install nothing for it. */
const PLOT = 'report/plot.ts'
/** Bundled, since every thread of a pool loads it: one file in place of two hundred. */
const REPLICATION_WORKER = 'benchmarks/replications/worker.ts'
const ENTRIES = ['src/index.ts', 'envs/index.ts', 'agents/index.ts', 'benchmarks/index.ts', 'report/index.ts']
const BRIDGE = 'python/src/asyncflow_gym/_node'
const STAMP = '.cache/build.json'

const TYPES = !process.argv.includes('--no-types')

process.chdir(ROOT)

const inputs = [
  ...LAYERS.flatMap((layer) => filesUnder(layer, '.ts')),
  ...filesUnder(KERNEL_SOURCES, '.json'),
  ...filesUnder('scenarios', '.yml'),
  'scripts/build.mjs',
  'scripts/build-kernel.mjs',
  'scripts/build-report-client.mjs',
  'report/client/tsconfig.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
].filter((file) => ![KERNEL, SCENARIOS, REPORT_CLIENT].includes(file) && existsSync(file))

const hash = digest(inputs)
const outputs = ['dist', SCENARIOS, REPORT_CLIENT, BRIDGE]
if (process.argv.includes('--if-needed') && readStamp() === hash && outputs.every(existsSync)) process.exit(0)

mkdirSync('.cache', { recursive: true })
if (existsSync('scripts/build-kernel.mjs'))
  execFileSync(process.execPath, ['scripts/build-kernel.mjs'], { stdio: 'inherit' })
replaceFile(SCENARIOS, embedScenarios())
execFileSync(process.execPath, ['scripts/build-report-client.mjs'], { stdio: 'inherit' })
await bundle()
await bundleBridge()
if (TYPES) replaceFile(STAMP, JSON.stringify({ hash }))

/** Built beside dist and swapped in, so that nobody sees half of it. */
async function bundle() {
  const { build } = await import('tsdown')
  const fresh = `.cache/dist-${process.pid}`
  const shared = {
    config: false,
    root: '.',
    outDir: fresh,
    format: 'esm',
    platform: 'node',
    fixedExtension: true,
    deps: { skipNodeModulesBundle: true },
    target: 'node20',
    unbundle: true,
    logLevel: 'warn',
  }
  // Every module is an entry: workers and lazily loaded modules are files of their own, and none is shaken thin.
  const modules = LAYERS.flatMap((layer) => filesUnder(layer, '.ts')).filter(
    (file) =>
      !file.startsWith(KERNEL_SOURCES) && !file.startsWith('report/client/') && !file.endsWith('.d.ts'),
  )
  await build({ ...shared, entry: modules, dts: false })
  const whole = { ...shared, unbundle: false, deps: { alwaysBundle: [/.*/] } }
  for (const file of [PLOT, REPLICATION_WORKER])
    await build({ ...whole, entry: { [file.slice(0, -'.ts'.length)]: file }, dts: false, clean: false })
  // The compiler's own declarations, of what the entry points reach.
  const dts = { emitDtsOnly: true, oxc: false, compilerOptions: { isolatedDeclarations: false } }
  if (TYPES) await build({ ...shared, entry: ENTRIES.filter(existsSync), dts, clean: false })
  if (existsSync(`${fresh}/cli/main.mjs`)) chmodSync(`${fresh}/cli/main.mjs`, 0o755)
  const old = `.cache/old-${process.pid}`
  if (existsSync('dist')) renameSync('dist', old)
  renameSync(fresh, 'dist')
  rmSync(old, { recursive: true, force: true })
}

/** The program behind the Python package, in one file with all that it needs, and the list of what Python registers. */
async function bundleBridge() {
  const { build } = await import('tsdown')
  const fresh = `.cache/bridge-${process.pid}`
  await build({
    config: false,
    entry: { bridge: 'cli/bridge/main.ts' },
    outDir: fresh,
    format: 'esm',
    platform: 'node',
    fixedExtension: true,
    // TensorFlow is optional for agents and none of the bridge's.
    deps: { alwaysBundle: [/./], neverBundle: [/^@tensorflow/, /^node:/], onlyBundle: false },
    inputOptions: { resolve: { conditionNames: ['browser', 'import', 'default'] } },
    outputOptions: { codeSplitting: false },
    target: 'node20',
    minify: true,
    dts: false,
    logLevel: 'warn',
  })
  const list = execFileSync(process.execPath, [`${fresh}/bridge.mjs`, '--list'])
  writeFileSync(`${fresh}/environments.json`, list)
  mkdirSync(join(BRIDGE, '..'), { recursive: true })
  rmSync(BRIDGE, { recursive: true, force: true })
  renameSync(fresh, BRIDGE)
}

/** Scenarios become a module, so that an environment finds its own without reading files. */
function embedScenarios() {
  const names = existsSync('scenarios')
    ? readdirSync('scenarios').filter((name) => name.endsWith('.yml'))
    : []
  const entries = names.sort().map((name) => {
    const text = readFileSync(join('scenarios', name), 'utf8')
    return `  ${JSON.stringify(name.slice(0, -'.yml'.length))}: ${JSON.stringify(text)},\n`
  })
  return `/** The files of scenarios/, by name. Made by scripts/build.mjs. */\nexport const SCENARIOS: Readonly<Record<string, string>> = {\n${entries.join('')}}\n`
}

function filesUnder(folder, ending) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'))
    .sort()
}

function digest(files) {
  const sha = createHash('sha256')
  for (const file of files) sha.update(file).update('\0').update(readFileSync(file)).update('\0')
  return sha.digest('hex')
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8')).hash
  } catch {
    return undefined
  }
}

function replaceFile(file, text) {
  const temporary = `${file}.${process.pid}.tmp`
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(temporary, text)
  renameSync(temporary, file)
}
