/** Looks at the machine: what is required, what is optional, and what each thing found enables. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, availableParallelism, platform } from 'node:os'
import { Worker } from 'node:worker_threads'
import { VERSION } from '../../src/version.ts'
import { simdWorks } from './simd.ts'

export type Check = {
  readonly name: string
  /** `missing` is required and absent; `absent` and `broken` are optional. */
  readonly state: 'ok' | 'missing' | 'absent' | 'broken'
  /** Version, or why it does not work. */
  readonly found: string
  readonly enables: string
}

export type DoctorReport = {
  readonly ok: boolean
  readonly version: string
  readonly platform: string
  readonly checks: readonly Check[]
}

const OLDEST_NODE = [20, 19] as const

/** Packages that a run does without, by what they enable. `load`: an install may exist and still not work. */
const OPTIONAL = [
  {
    name: '@tensorflow/tfjs-node',
    enables: 'native TensorFlow for very wide networks; without it TensorFlow.js runs on WebAssembly',
    load: true,
  },
  {
    name: '@resvg/resvg-js',
    enables: 'charts as PNG: run --png; with dejavu-fonts-ttf they look the same everywhere',
    load: true,
  },
  {
    name: 'hyparquet-writer',
    enables: 'Parquet files: run --out series.parquet, --requests requests.parquet',
    load: true,
  },
  {
    name: 'msgpackr-extract',
    enables: 'faster reading of msgpack; without it plain JavaScript does it',
    load: false,
  },
]

export async function examine(): Promise<DoctorReport> {
  const checks = [
    checkNode(process.versions.node),
    required('WebAssembly SIMD', simdWorks(), 'neural networks on the built-in kernel'),
    required('worker threads', await workersWork(), `benchmarks on ${availableParallelism()} cores at once`),
    ...(await Promise.all(OPTIONAL.map(checkPackage))),
  ]
  const ok = checks.every((check) => check.state !== 'missing')
  return { ok, version: VERSION, platform: `${platform()} ${arch()}, Node ${process.versions.node}`, checks }
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const recent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  const needs = `${OLDEST_NODE.join('.')} or later`
  return {
    name: 'Node.js',
    state: recent ? 'ok' : 'missing',
    found: recent ? version : `${version}, needs ${needs}`,
    enables: 'everything',
  }
}

function required(name: string, works: boolean, enables: string): Check {
  return { name, state: works ? 'ok' : 'missing', found: works ? 'works' : 'does not work', enables }
}

async function checkPackage({ name, enables, load }: (typeof OPTIONAL)[number]): Promise<Check> {
  const version = installedVersion(name)
  if (version === undefined) return { name, state: 'absent', found: 'not installed', enables }
  if (load) {
    try {
      await import(name)
    } catch (error) {
      const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
      return { name, state: 'broken', found: `${version}: ${reason}`, enables }
    }
  }
  return { name, state: 'ok', found: version, enables }
}

/** From the package.json in the folders where Node would look; not every package exports that file. */
function installedVersion(name: string): string | undefined {
  const { resolve } = createRequire(import.meta.url)
  for (const folder of resolve.paths(name) ?? []) {
    try {
      return String(JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version)
    } catch {}
  }
  return undefined
}

async function workersWork(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const worker = new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true })
      worker.once('message', () => resolve(true))
      worker.once('error', () => resolve(false))
    } catch {
      resolve(false)
    }
  })
}
