export { MEGABYTE } from './convert.ts'
export { type ImportOptions, importAsyncFlow, isAsyncFlow, looksLikeAsyncFlow } from './import.ts'
