/** The gauges of a cache: entries, misses that fetch their value, misses that wait for another one's. */
export const SIZE = 0
export const LOADING = 1
export const WAITING = 2
export const CACHE_GAUGES = 3
