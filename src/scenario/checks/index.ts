/** Everything that one noun alone cannot know. */
import { checkCaches } from './caches.ts'
import { checkCallDefaults } from './call-defaults.ts'
import { checkClock } from './clock.ts'
import type { CheckContext } from './context.ts'
import { checkGraph } from './graph.ts'
import { checkNames } from './names.ts'
import { checkOverload } from './overload.ts'
import { checkPolicies } from './policies.ts'
import { checkReferences } from './references.ts'
import { checkSockets } from './sockets.ts'
import { checkSteps } from './steps.ts'
import { checkStores } from './stores.ts'
import { checkTraffic } from './traffic.ts'
import { checkTransactions } from './transactions.ts'

export type { CheckContext } from './context.ts'

export function checkScenario(context: CheckContext): void {
  checkNames(context)
  checkReferences(context)
  checkGraph(context)
  checkSteps(context)
  checkStores(context)
  checkTransactions(context)
  checkCaches(context)
  checkSockets(context)
  checkCallDefaults(context)
  checkOverload(context)
  checkPolicies(context)
  checkTraffic(context)
  checkClock(context)
}
