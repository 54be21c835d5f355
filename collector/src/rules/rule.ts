import type { Severity } from '../alerting/alert.ts';
import type { MeasureName } from '../drift/index.ts';
import type { Condition } from './condition.ts';
import type { Template } from './template.ts';

/** Which versions of a model a rule judges: the one that serves now, every one that serves, or one by name. */
export type VersionChoice =
  | { readonly kind: 'latest' }
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly version: string };

/** Which fields: those named, or (`*`) all but the excluded. */
export type FieldChoice =
  | { readonly kind: 'all'; readonly exclude: readonly string[] }
  | { readonly kind: 'named'; readonly fields: readonly string[] };

/** A score of series, with or without a baseline: the blocks `drift`, `schema` and `confidence` come to this. */
export type SeriesJudgement = {
  readonly kind: 'drift' | 'schema' | 'confidence';
  /** Model name, or null for every model. */
  readonly model: string | null;
  readonly version: VersionChoice;
  readonly stage: string;
  readonly fields: FieldChoice;
  readonly measure: MeasureName;
  readonly windowMs: number;
  /** Name of the reference baseline, or null where the measure is taken without one. */
  readonly baseline: string | null;
  readonly minSamples: number;
};

/** What traffic is compared with: the same span of earlier days or weeks, or what the time before gave on average. */
export type TrafficBaseline =
  | { readonly kind: 'same_time'; readonly offsetMs: number; readonly periods: number }
  | { readonly kind: 'trailing'; readonly durationMs: number; readonly offsetMs: number };

/** A count of the rows of a model over all its versions: the block `silence`. */
export type SilenceJudgement = {
  readonly kind: 'silence';
  readonly model: string | null;
  readonly measure: 'rows' | 'rows_ratio';
  readonly windowMs: number;
  /** There for `rows_ratio`, null for `rows`. */
  readonly baseline: TrafficBaseline | null;
  /** `rows_ratio` is not judged where the baseline expects fewer rows than this in the window. */
  readonly minSamples: number;
};

export type Judgement = SeriesJudgement | SilenceJudgement;

/** What becomes of an alert without enough data, once that has lasted `noDataForMs`. */
export const NO_DATA_POLICIES = ['nodata', 'keep', 'ok', 'fire'] as const;
export type NoDataPolicy = (typeof NO_DATA_POLICIES)[number];

/** What becomes of an alert whose evaluation fails. */
export const ERROR_POLICIES = ['keep', 'error', 'fire'] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

/** One rule, checked and completed. Times are in milliseconds. */
export type Rule = {
  /** Unique in its file; the label `alertname`. */
  readonly alert: string;
  readonly group: string;
  readonly intervalMs: number;
  readonly judgement: Judgement;
  readonly fire: Condition;
  readonly clear: Condition;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly noData: NoDataPolicy;
  readonly noDataForMs: number;
  readonly onError: ErrorPolicy;
  readonly severity: Severity;
  /** Labels of the group and the rule, `severity` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** `summary` is always there. */
  readonly annotations: ReadonlyMap<string, Template>;
};

/** Rules that are evaluated at the same ticks. */
export type RuleGroup = {
  readonly name: string;
  readonly intervalMs: number;
  /** How far the watermark must be past a tick: the wait for late windows. */
  readonly queryOffsetMs: number;
  readonly rules: readonly Rule[];
};
