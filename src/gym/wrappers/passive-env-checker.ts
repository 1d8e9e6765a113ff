import { InvalidActionError, SimError } from '../../errors.ts'
import type { ResetOptions, ResetResult, StepResult } from '../env.ts'
import { findMismatches } from '../spaces/mismatch.ts'
import { Wrapper } from './wrapper.ts'

/**
 * Checks each action and each result against the contract while the environment is used: for debugging
 * (`make(id, kwargs, { check: true })`), since it looks at every number of every step. Throws
 * InvalidActionError, or SimError with the code `broken-contract`.
 */
export class PassiveEnvChecker<Obs = unknown, Act = unknown> extends Wrapper<Obs, Act> {
  override reset(options?: ResetOptions): ResetResult<Obs> {
    const result = this.env.reset(options)
    this.checkObservation(result.observation, 'reset()')
    this.checkInfo(result.info, 'reset()')
    return result
  }

  override step(action: Act): StepResult<Obs> {
    if (!this.env.actionSpace.contains(action)) {
      const [reason] = findMismatches(this.env.actionSpace, action, 'action')
      throw new InvalidActionError(action, `${reason?.message}. Give an element of env.actionSpace.`)
    }
    const result = this.env.step(action)
    this.checkObservation(result.observation, 'step()')
    this.checkInfo(result.info, 'step()')
    if (!Number.isFinite(result.reward)) broken(`the reward is ${result.reward}`, 'step()')
    if (typeof result.terminated !== 'boolean') broken('terminated is not a boolean', 'step()')
    if (typeof result.truncated !== 'boolean') broken('truncated is not a boolean', 'step()')
    return result
  }

  private checkObservation(observation: Obs, where: string): void {
    const [reason] = findMismatches(this.env.observationSpace, observation, 'observation')
    if (reason !== undefined) broken(reason.message, where)
  }

  private checkInfo(info: unknown, where: string): void {
    if (typeof info !== 'object' || info === null) broken('info is not an object', where)
  }
}

function broken(what: string, where: string): never {
  throw new SimError('broken-contract', `${what} (${where}). Mend the environment; checkEnv lists more.`)
}
