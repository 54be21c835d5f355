export { checkName, toCount } from './checks.ts';
export { decodeSummary, encodeSummary, type SeriesName } from './codec.ts';
export {
  decodeEvent,
  encodeEvent,
  type PlainEvent,
  type PlainViolation,
  STRATA,
  type StratumName,
  VIOLATION_ACTIONS,
} from './event-codec.ts';
export {
  type AgentHealth,
  AgentHealthSchema,
  type AgentInfo,
  AgentInfoSchema,
  type Batch,
  BatchSchema,
  type Loss,
  LossSchema,
  type Receipt,
  Receipt_Status,
  ReceiptSchema,
  type Refusal,
  RefusalSchema,
} from './gen/tidemark/v1/batch_pb.ts';
export {
  type Event,
  EventSchema,
  type NamedValue,
  NamedValueSchema,
  type Outcome,
  OutcomeSchema,
  Stratum,
  type Violation,
  ViolationSchema,
} from './gen/tidemark/v1/event_pb.ts';
export {
  type Dataset,
  DatasetSchema,
  type FieldSchema as FieldSchemaMessage,
  FieldSchemaSchema,
  type ModelVersion,
  ModelVersionSchema,
} from './gen/tidemark/v1/model_pb.ts';
export { Collector as CollectorService } from './gen/tidemark/v1/service_pb.ts';
export {
  type FieldBounds,
  FieldBoundsSchema,
  type ModelSettings,
  ModelSettingsSchema,
  type Settings,
  SettingsSchema,
} from './gen/tidemark/v1/settings_pb.ts';
export {
  type Kinds as KindsMessage,
  KindsSchema,
  SeriesKind as SeriesKindMessage,
  type Summary as SummaryMessage,
  SummarySchema,
  type Window as WindowMessage,
  WindowSchema,
} from './gen/tidemark/v1/summary_pb.ts';
export { decodeHealth, encodeHealth, type PlainHealth } from './health-codec.ts';
export { isStage, LIMITS, STAGES, type Stage, WINDOW_WIDTHS_MS } from './limits.ts';
export { checkOutcome, decodeOutcome, encodeOutcome, type PlainOutcome } from './outcome-codec.ts';
export { REPORT_METHOD } from './report-method.ts';
export {
  checkBounds,
  checkModelSettings,
  decodeSettings,
  encodeSettings,
  type PlainBounds,
  type PlainModelSettings,
  type PlainSettings,
} from './settings-codec.ts';
export { decodeValue, encodeValue, type PlainValue } from './value-codec.ts';
export { type RefusalCode, WireError } from './wire-error.ts';
