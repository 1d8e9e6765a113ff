/** How long the start of a run differs from the rest, found from runs made for that alone. */
import { SimError } from '../../errors.ts'
import type { Truncation } from '../../results/types.ts'
import type { Scenario } from '../../scenario/types.ts'
import { mser5 } from '../mser5.ts'
import { inProcessReplications, type ReplicationExecutor } from './replication.ts'

export type FindWarmupOptions = {
  /** The pilot runs have the seeds `seed/pilot/0`, `seed/pilot/1`, … @default the scenario's own */
  readonly seed?: number | string | undefined
  /** @default this thread */
  readonly executor?: ReplicationExecutor | undefined
  readonly onDone?: ((done: number, wanted: number) => void) | undefined
}

/** Averaging a few runs takes out the noise that makes a cut from one run jump about. */
const PILOTS = 5
/** Averages over time that a pilot run is told by. */
const SAMPLES = 600

/**
 * MSER-5 on the number of requests without an answer, averaged over five pilot runs as K. Hoad, S. Robinson and
 * R. Davies do it, "Automating warm-up length estimation", J. Operational Research Society 61 (2010). Only what lies
 * before the scenario's first event counts: what an event does is no warm-up. A function of scenario and seed.
 *
 * @returns how many seconds to cut, at most half of what counts; `reliable` is false at that limit.
 * @throws SimError where the first event leaves nothing to look at.
 */
export async function findWarmup(scenario: Scenario, options: FindWarmupOptions = {}): Promise<Truncation> {
  const { seed = scenario.seed, executor = inProcessReplications(), onDone } = options
  const until = scenario.events.reduce((first, { at }) => Math.min(first, at), scenario.horizon)
  if (!(until > 0)) {
    throw new SimError(
      'no-warmup',
      'an event at the start of the run leaves no time in which a warm-up could be seen. Declare `warmup` in the scenario.',
    )
  }
  const pilot = { ...scenario, horizon: until, warmup: 0, samplePeriod: until / SAMPLES, events: [] }
  let done = 0
  const curves = await Promise.all(
    Array.from({ length: PILOTS }, async (_, i) => {
      const job = { scenario: pilot, seed: `${seed}/pilot/${i}`, series: ['requests.open'] }
      const { series } = await executor.run(job)
      onDone?.(++done, PILOTS)
      return series[0]!
    }),
  )
  const mean = curves[0]!.map((_, k) => curves.reduce((sum, curve) => sum + curve[k]!, 0) / PILOTS)
  const { truncation, reliable } = mser5(mean)
  const seconds = truncation * pilot.samplePeriod
  return { method: 'mser-5', seconds, share: seconds / scenario.horizon, pilots: PILOTS, reliable }
}
