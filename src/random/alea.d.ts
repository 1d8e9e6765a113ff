/** Johannes Baagøe's Alea as seedrandom ships it, by itself: it needs nothing of a platform. */
declare module 'seedrandom/lib/alea.js' {
  export type AleaState = { c: number; s0: number; s1: number; s2: number }
  export type Alea = {
    /** A multiple of 2^-32 in [0, 1). */
    (): number
    state(): AleaState
  }
  export default function alea(seed: string, options: { state: true | AleaState }): Alea
}
