/** The command tree. Commands import what they need only when they run, so that `--help` is instant. */
import { Command } from 'commander'
import { VERSION } from '../src/version.ts'
import { addAgents } from './commands/agents.ts'
import { addBenchmark } from './commands/benchmark.ts'
import { addCompare } from './commands/compare.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEnvs } from './commands/envs.ts'
import { addEvaluate } from './commands/evaluate.ts'
import { addMonteCarlo } from './commands/monte-carlo.ts'
import { addPlan } from './commands/plan.ts'
import { addReport } from './commands/report.ts'
import { addRun } from './commands/run.ts'
import { addSweep } from './commands/sweep.ts'
import { addTrain } from './commands/train.ts'
import { addValidate } from './commands/validate.ts'

const EXIT_CODES = `
Data goes to stdout, everything else to stderr.
Exit codes: 0 done, 1 a threshold was missed, 2 wrong usage or input, 3 a defect, 130 stopped by Ctrl-C.`

export function createProgram(): Command {
  const program = new Command('asyncflow')
  program
    .description(
      'Simulate backend systems, train agents on them, and compare the agents with what operators use.',
    )
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(--help shows the usage)')
    .addHelpText('after', EXIT_CODES)
  for (const add of [
    addRun,
    addCompare,
    addMonteCarlo,
    addPlan,
    addReport,
    addSweep,
    addValidate,
    addEnvs,
    addAgents,
    addTrain,
    addEvaluate,
    addBenchmark,
    addDoctor,
  ])
    add(program)
  return program
}
