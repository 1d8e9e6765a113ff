#!/usr/bin/env node
import { tuneV8 } from '../benchmarks/tune-v8.ts'
import { EXIT } from './exit-codes.ts'
import { describeFailure } from './failure.ts'
import { createProgram } from './program.ts'

tuneV8()

// A reader that has seen enough (`asyncflow run … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  process.exitCode = EXIT.done
  await createProgram().parseAsync()
} catch (error) {
  const { code, text } = describeFailure(error)
  process.stderr.write(text)
  process.exitCode = code
}
