/** The policies that route by the key of a request: the same key to the same slot as far as slots stay. */
import type { Stream } from '../../random/stream.ts'
import { Params } from '../params.ts'
import type { BalancerView, BalancingPolicy, PolicyDefinition } from '../types.ts'
import { drawAvailable } from './draw-available.ts'
import { hashPair } from './hashing.ts'
import { type KeyLookup, MaglevLookup, RingLookup } from './key-lookup.ts'
import { StatelessBalancing } from './stateless.ts'

const KEY = 0x4b455953
const MIN_RING = 1024
const MAX_RING = 8_388_608
export const MAGLEV_SIZE = 65_537

/** What the key hashes to; a request without key goes to a slot at random. */
export function hashOfKey(view: BalancerView): number {
  return hashPair(view.key, KEY)
}

class KeyHash extends StatelessBalancing {
  private readonly lookup: KeyLookup

  constructor(lookup: KeyLookup) {
    super()
    this.lookup = lookup
  }

  decide(view: BalancerView, draws: Stream): number {
    return view.key < 0 ? drawAvailable(view, draws) : this.lookup.find(view, hashOfKey(view))
  }
}

/** Ring hash. `minRingSize` default 1024 points, `maxRingSize` default 8 388 608 (Envoy). */
export const ringHash: PolicyDefinition<BalancingPolicy> = {
  name: 'ring-hash',
  summary: 'By key: the next replica on a ring of hashes.',
  information: 'own',
  defaults: { minRingSize: MIN_RING, maxRingSize: MAX_RING },
  create(params) {
    const reader = new Params('ring-hash', params, this.defaults)
    const minSize = reader.integer('minRingSize', { min: 1, max: MAX_RING })
    const maxSize = reader.integer('maxRingSize', { min: 1, max: MAX_RING })
    if (minSize > maxSize) {
      reader.reject(`minRingSize ${minSize} is above maxRingSize ${maxSize}`, 'minRingSize', 'Swap the two.')
    }
    reader.finish()
    return new KeyHash(new RingLookup(minSize, maxSize))
  },
}

/** Maglev. `tableSize` is prime and at least the number of slots; default 65537. */
export const maglev: PolicyDefinition<BalancingPolicy> = {
  name: 'maglev',
  summary: 'By key: the replica in a Maglev table.',
  information: 'own',
  defaults: { tableSize: MAGLEV_SIZE },
  create(params, size) {
    const reader = new Params('maglev', params, this.defaults)
    const tableSize = reader.integer('tableSize', { min: 2, max: 5_000_011 })
    if (!isPrime(tableSize)) {
      reader.reject(`tableSize ${tableSize} is not prime`, 'tableSize', `Take ${MAGLEV_SIZE}.`)
    } else if (tableSize < size) {
      reader.reject(
        `tableSize ${tableSize} is below the number of slots, ${size}`,
        'tableSize',
        `Take ${MAGLEV_SIZE}.`,
      )
    }
    reader.finish()
    return new KeyHash(new MaglevLookup(tableSize))
  },
}

function isPrime(n: number): boolean {
  if (!(n >= 2)) return false
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false
  return true
}

/** The lookup by its name, as `bounded-load` takes it. */
export function lookupOf(name: 'ring' | 'maglev'): KeyLookup {
  return name === 'ring' ? new RingLookup(MIN_RING, MAX_RING) : new MaglevLookup(MAGLEV_SIZE)
}
