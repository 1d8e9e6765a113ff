import { ConfigError, type Problem } from '../src/errors.ts'
import { checkSeeds, seedsOf } from './seeds.ts'
import type { Suite, SuiteAgent, SuiteTask } from './types.ts'

export function labelOf(agent: SuiteAgent): string {
  return agent.label ?? agent.name
}

/** Throws ConfigError with everything in a suite that does not fit together. */
export function checkSuite(suite: Suite): void {
  const problems: Problem[] = []
  const reject = (path: string, what: string, hint: string): void => {
    problems.push({ path, what, hint })
  }
  const attempt = (check: () => void): void => {
    try {
      check()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
    }
  }
  attempt(() => checkSeeds('training', suite.trainingSeeds, 'trainingSeeds'))
  repeated(suite.tasks.map((task) => task.name)).forEach((name) => {
    reject('tasks', `two tasks are called "${name}"`, 'Give each its own name.')
  })
  suite.tasks.forEach((task, i) => {
    checkTask(task, `tasks.${i}`, suite.trainingSeeds.length, reject, attempt)
  })
  if (problems.length > 0) throw new ConfigError(problems)
}

function checkTask(
  task: SuiteTask,
  path: string,
  trainings: number,
  reject: (path: string, what: string, hint: string) => void,
  attempt: (check: () => void) => void,
): void {
  const labels = task.agents.map(labelOf)
  repeated(labels).forEach((label) => {
    reject(`${path}.agents`, `two agents are called "${label}"`, 'Give one of them another label.')
  })
  if (task.agents.length === 0) reject(`${path}.agents`, 'there is no agent', 'Name at least one.')
  if (task.baseline !== undefined && !labels.includes(task.baseline)) {
    reject(`${path}.baseline`, `there is no agent "${task.baseline}"`, `Take one of ${labels.join(', ')}.`)
  }
  const { evaluation, validation } = task
  positive(evaluation.episodes, `${path}.evaluation.episodes`)
  if (evaluation.maxEpisodes !== undefined && evaluation.maxEpisodes < evaluation.episodes) {
    reject(
      `${path}.evaluation.maxEpisodes`,
      `${evaluation.maxEpisodes} is less than episodes`,
      'Give at least as many.',
    )
  }
  attempt(() => seedsOf('evaluation', evaluation.maxEpisodes ?? evaluation.episodes))
  if (validation !== undefined) {
    positive(validation.episodes, `${path}.validation.episodes`)
    positive(validation.every, `${path}.validation.every`)
  }
  task.agents.forEach((agent, i) => {
    const at = `${path}.agents.${i}`
    if (agent.steps !== undefined) {
      positive(agent.steps, `${at}.steps`)
      if (trainings === 0)
        reject('trainingSeeds', 'there is none, but an agent to train', 'Give at least one.')
      if (agent.tuning !== undefined) {
        reject(`${at}.tuning`, 'a learner cannot be tuned here', 'Leave out tuning, or steps.')
      }
    }
    if (agent.tuning === undefined) return
    positive(agent.tuning.episodes, `${at}.tuning.episodes`)
    for (const [name, { values }] of Object.entries(agent.tuning.grid)) {
      if (values.length === 0) reject(`${at}.tuning.grid.${name}`, 'there is no value', 'Give at least one.')
    }
  })

  function positive(value: number, at: string): void {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      reject(at, `expected an integer of at least 1, got ${value}`, 'Give at least 1.')
    }
  }
}

/** Those that occur more than once. */
function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))]
}
