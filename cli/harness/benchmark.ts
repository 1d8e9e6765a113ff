/** What `asyncflow benchmark` does between its arguments and its output. */
import { join } from 'node:path'
import { findSuite, formatTable, type Report, runSuite } from '../../benchmarks/index.ts'
import { writeAtomic } from '../input/files.ts'
import { interruptible } from '../interrupt.ts'
import type { Output } from '../terminal/output.ts'
import { showUnits } from './unit-progress.ts'

export type BenchmarkArguments = {
  readonly out: string
  readonly seed?: number | undefined
  readonly workers?: number | undefined
}

/** `seed` replaces the suite's training seeds by as many from there on. */
export async function benchmark(name: string, options: BenchmarkArguments, output: Output): Promise<Report> {
  const { out, seed, workers } = options
  const named = findSuite(name)
  const suite =
    seed === undefined ? named : { ...named, trainingSeeds: named.trainingSeeds.map((_, i) => seed + i) }
  const units = showUnits(output)
  try {
    const report = await interruptible((signal) =>
      runSuite({ suite, out, workers, signal, onEvent: units.follow(signal) }),
    )
    writeAtomic(join(out, 'report.md'), formatTable(report, 'markdown'))
    return report
  } finally {
    units.stop()
  }
}
