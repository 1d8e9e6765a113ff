/**
 * Whether an environment keeps the contract: the checks of Gymnasium's `check_env` and of
 * Stable-Baselines3's, as far as they make sense here (docs/reference/gym.md says which do not).
 */
import { SimError } from '../../errors.ts'
import { DETERMINISM_CHECKS } from './determinism-checks.ts'
import { ENV_CHECKS } from './env-checks.ts'
import { GOAL_CHECKS } from './goal-checks.ts'
import { LEARNER_SPACE_CHECKS } from './learner-space-checks.ts'
import { OBSERVATION_CHECKS } from './observation-checks.ts'
import { messageOf, Probe } from './probe.ts'
import { RENDER_CHECKS } from './render-checks.ts'
import { RESET_CHECKS } from './reset-checks.ts'
import { SPACE_CHECKS } from './space-checks.ts'
import { STEP_CHECKS } from './step-checks.ts'
import type { Check, CheckLevel, CheckOptions, CheckReport, CheckResult } from './types.ts'

/** In an order in which a check comes after those that it needs. */
export const CHECKS: readonly Check[] = [
  ...ENV_CHECKS,
  ...SPACE_CHECKS,
  ...LEARNER_SPACE_CHECKS,
  ...RESET_CHECKS,
  ...STEP_CHECKS,
  ...OBSERVATION_CHECKS,
  ...DETERMINISM_CHECKS,
  ...GOAL_CHECKS,
  ...RENDER_CHECKS,
]

/**
 * Runs every check and throws nothing, whatever `env` is. It resets and steps the environment but does not
 * close it. Best called with the unwrapped environment: `checkEnv(make(id).unwrapped)`.
 */
export function checkEnv(env: unknown, options: CheckOptions = {}): CheckReport {
  const probe = new Probe(env, options)
  const passed = new Set<string>()
  const checks: CheckResult[] = []
  for (const check of CHECKS) {
    const result = runCheck(check, probe, passed)
    if (result.passed) passed.add(check.name)
    checks.push(result)
  }
  return { errors: failures(checks, 'error'), warnings: failures(checks, 'warning'), checks }
}

/** Throws SimError with the code `broken-contract` and all errors; warnings are for `checkEnv` to tell. */
export function assertEnv(env: unknown, options?: CheckOptions): void {
  const { errors } = checkEnv(env, options)
  if (errors.length === 0) return
  const lines = errors.map((error) => `  ${error}`).join('\n')
  throw new SimError('broken-contract', `the environment breaks its contract:\n${lines}`)
}

function runCheck(check: Check, probe: Probe, passed: ReadonlySet<string>): CheckResult {
  const { name, source, level } = check
  const missing = check.needs.find((need) => !passed.has(need))
  if (missing !== undefined) {
    return {
      name,
      source,
      level,
      passed: false,
      skipped: true,
      message: `not run: "${missing}" did not pass`,
    }
  }
  const message = fault(check, probe)
  return { name, source, level, passed: message === undefined, skipped: false, message: message ?? '' }
}

/** A getter or a method of the environment may throw where no check expects it. */
function fault(check: Check, probe: Probe): string | undefined {
  try {
    return check.run(probe)
  } catch (error) {
    return `threw: ${messageOf(error)}`
  }
}

function failures(checks: readonly CheckResult[], level: CheckLevel): string[] {
  return checks
    .filter((check) => !check.passed && !check.skipped && check.level === level)
    .map((check) => `${check.name}: ${check.message}`)
}
