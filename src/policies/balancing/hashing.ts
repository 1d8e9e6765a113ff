/** Hashes of what has a number, for the policies that route by key. */

/** 32 bits from two integers (the finaliser of MurmurHash3, A. Appleby). */
export function hashPair(a: number, b: number): number {
  let h = Math.imul(a ^ Math.floor(a / 4294967296), 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
