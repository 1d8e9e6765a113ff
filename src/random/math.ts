/**
 * Elementary functions with the same bits on every engine and version. ECMAScript leaves the accuracy of
 * `Math.exp` and its like open, and engines do differ; these use only + - x / and the bits of a double.
 * Same arguments, ranges and special cases as in `Math`.
 */
export { exp, expm1, tanh } from './elementary/exp.ts'
export { log, log1p } from './elementary/log.ts'
export { pow } from './elementary/pow.ts'
export { cos, sin } from './elementary/trig.ts'
