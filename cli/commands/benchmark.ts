import type { Command } from 'commander'
import { action, type CommonOptions, reproduceLine, withCommon } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { parseCount, parseTrainingSeed } from '../input/arguments.ts'
import type { Output } from '../terminal/output.ts'

type BenchmarkOptions = CommonOptions & { readonly seed?: number; readonly workers?: number }

export function addBenchmark(program: Command): void {
  const command = program
    .command('benchmark')
    .description('run a suite: agents x environments x seeds, compared')
  withCommon(command.argument('<suite>', 'name of a suite, such as quick'), {
    out: 'folder for the results (default: results/<suite>); what is finished there is not run again',
    seed: "first training seed (default: the suite's own)",
    parseSeed: parseTrainingSeed,
  })
    .option('--workers <count>', 'worker threads (default: the number of processors)', parseCount)
    .action(action(runBenchmark))
}

/** Exit 1 when an agent failed: its row says why. */
async function runBenchmark(output: Output, options: BenchmarkOptions, suite: string): Promise<ExitCode> {
  const [{ benchmark }, { formatTable }, { isStopped }] = await Promise.all([
    import('../harness/benchmark.ts'),
    import('../../benchmarks/index.ts'),
    import('../interrupt.ts'),
  ])
  const { out = `results/${suite}` } = options
  try {
    const report = await benchmark(suite, { ...options, out }, output)
    output.result(report, () => formatTable(report, 'text'))
    output.talk(`Wrote ${out}`)
    output.talk(`Reproduce: ${reproduceLine(undefined, { out })}`)
    const failed = report.tasks.some((task) => task.rows.some((row) => row.status === 'failed'))
    return failed ? EXIT.missed : EXIT.done
  } catch (error) {
    if (!isStopped(error)) throw error
    output.talk(`Stopped; what is finished is kept in ${out}.\nResume: ${reproduceLine(undefined, { out })}`)
    return EXIT.interrupted
  }
}
