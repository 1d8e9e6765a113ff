export { fromJson, fromMsgpack, toJson, toMsgpack } from './formats.ts'
export { fromJsonLines, toJsonLines } from './json-lines.ts'
export { toPrometheus } from './prometheus.ts'
export { type Column, seriesColumns } from './series-columns.ts'
export { quoteCsv, seriesToCsv } from './series-csv.ts'
export {
  type CallSiteResult,
  type ClassResult,
  type ComponentResult,
  type EventMarker,
  type GaugeSummary,
  type LatencySummary,
  OUTCOMES,
  type Outcome,
  type OutcomeCounts,
  type OverloadResult,
  type PhaseShare,
  type RefusalReason,
  type ReplicaResult,
  type Result,
  type Series,
  type SloResult,
  type Truncation,
  type Warning,
} from './types.ts'
