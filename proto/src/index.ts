export { checkName, decodeSummary, encodeSummary, type SeriesName, toCount } from './codec.ts';
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
export { isStage, LIMITS, STAGES, type Stage, WINDOW_WIDTHS_MS } from './limits.ts';
export { REPORT_METHOD } from './report-method.ts';
export { type RefusalCode, WireError } from './wire-error.ts';
