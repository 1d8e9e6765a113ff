/**
 * A subject in a process of its own, so that no measurement warms or disturbs another. The process prints one line
 * when it is ready, then answers each line `{"seconds": s}` with the rates of its passes; it ends with its input.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Measurement, RoundAnswer } from './measurement.ts'
import { findPython } from './python.ts'

export type SubjectProcess = {
  readonly name: string | null
  /** Passes repeated for that long; 0: one pass. */
  round(seconds: number): Promise<readonly number[]>
  stop(): void
}

/** `dist/` and what lies beside it: the sources of the peers are in the package, not compiled. */
export const PACKAGE_ROOT: string = fileURLToPath(new URL('../../../', import.meta.url)).slice(0, -1)

export function startSubject(
  { name, cores }: Pick<Measurement, 'name' | 'cores'>,
  subject: string,
): Promise<SubjectProcess> {
  const file = fileURLToPath(new URL('./subject.mjs', import.meta.url))
  // run.mjs pins itself, which its children inherit, and says what it could use before.
  const { PERF_CPUS } = process.env
  const unpin = cores === 'all' && PERF_CPUS !== undefined ? ['taskset', '-c', PERF_CPUS] : []
  const [command, ...parameters] = [...unpin, process.execPath, '--expose-gc', file, name, subject]
  return start(command!, parameters, `${name} (${subject})`)
}

/** null where there is none; rejects where it cannot run here. */
export async function startPeer(
  { name, cores, peer, peerName }: Pick<Measurement, 'name' | 'cores' | 'peer' | 'peerName'>,
  flags: ReadonlySet<string>,
): Promise<SubjectProcess | null> {
  if (peer === null) return null
  if (peer.kind === 'subject')
    return { ...(await startSubject({ name, cores }, peer.subject)), name: peerName }
  const python = findPython(peer.python, flags)
  const file = `${PACKAGE_ROOT}/benchmarks/perf/peers/${peer.file}`
  return start(python, [file, ...(peer.args ?? [])], peer.file)
}

async function start(command: string, parameters: readonly string[], label: string): Promise<SubjectProcess> {
  const child: ChildProcess = spawn(command, parameters, {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: PACKAGE_ROOT,
  })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`${label} ended with ${code}.`)))
  })
  // Nobody may be waiting when it ends as asked.
  failed.catch(() => {})
  const answer = async (): Promise<unknown> => {
    const line = await Promise.race([lines.next(), failed])
    if (line.done === true) throw new Error(`${label} ended without an answer.`)
    return JSON.parse(line.value) as unknown
  }
  const ready = (await answer()) as { name?: string }
  return {
    name: ready.name ?? null,
    async round(seconds) {
      child.stdin!.write(`${JSON.stringify({ seconds })}\n`)
      return ((await answer()) as RoundAnswer).rates
    },
    stop: () => {
      child.stdin!.end()
    },
  }
}
