/** Starts the measurements on one core, where the system can pin a process, so that both sides have the same. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/benchmarks/perf/main.mjs', import.meta.url))
const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readStatus())?.[1]
const command = [...pinned(), process.execPath, main, ...process.argv.slice(2)]
const { status, error } = spawnSync(command[0], command.slice(1), {
  stdio: 'inherit',
  // For measurements that use all cores.
  env: { ...process.env, ...(command[0] === 'taskset' ? { PERF_CPUS: allowed } : {}) },
})
if (error) throw error
process.exitCode = status ?? 1

/** The last core that this process may use: the first is where most else runs. */
function pinned() {
  if (spawnSync('taskset', ['--version']).status !== 0) return []
  const last = allowed?.split(/[,-]/).at(-1)
  return last === undefined ? [] : ['taskset', '-c', last]
}

function readStatus() {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}
