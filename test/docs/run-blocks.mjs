/**
 * Runs the commands of documents in one process, on the built package: a process for each would take minutes.
 * Reads `[{ folder, commands: [words, …] }, …]` as JSON from stdin, prints one outcome per command.
 */
const CLI = new URL('../../dist/cli/', import.meta.url)
const { createProgram } = await import(new URL('program.mjs', CLI))
const { describeFailure } = await import(new URL('failure.mjs', CLI))

let input = ''
for await (const part of process.stdin) input += part
const write = { stdout: process.stdout.write, stderr: process.stderr.write }
const outcomes = []
for (const { folder, commands } of JSON.parse(input)) {
  process.chdir(folder)
  for (const words of commands) outcomes.push(await run(words))
}
process.exitCode = 0
process.stdout.write(JSON.stringify(outcomes))

async function run(words) {
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (chunk) => {
      text[name] += chunk
      return true
    }
  }
  process.exitCode = 0
  try {
    await createProgram().parseAsync(words, { from: 'user' })
  } catch (error) {
    const failure = describeFailure(error)
    process.exitCode = failure.code
    text.stderr += failure.text
  }
  for (const name of ['stdout', 'stderr']) process[name].write = write[name]
  return { code: process.exitCode, ...text }
}
