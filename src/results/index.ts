export { fromJson, fromMsgpack, toJson, toMsgpack } from './formats.ts'
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
  type Warning,
} from './types.ts'
