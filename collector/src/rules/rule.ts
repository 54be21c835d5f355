import type { Severity } from '../alerting/alert.ts';
import type { AlarmBudget } from '../drift/alarm-budget.ts';
import type { ActiveTimes } from './active-times.ts';
import type { Condition } from './condition.ts';
import type { AnyMeasureName, Asked } from './measure.ts';
import type { Template } from './template.ts';

/** Which versions of a model a rule judges: the one that serves now, every one that serves, or one by name. */
export type VersionChoice =
  | { readonly kind: 'latest' }
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly version: string };

/** Which fields: those named, and those that a pattern with `*` finds but for the excluded, which are patterns as well. */
export type FieldChoice = {
  readonly named: readonly string[];
  readonly patterns: readonly string[];
  readonly exclude: readonly string[];
};

/** Which slices of a field: of these dimensions, at most so many. */
export type SliceChoice = { readonly dimensions: readonly string[]; readonly limit: number };

/** The sign with which a measure counts: as it is, turned round, or none. */
export type Direction = 'up' | 'down' | 'both';

/** A span, and how far it may grow where it holds too few samples; `widenToMs` is `windowMs` where it must not. */
export type Span = { readonly windowMs: number; readonly widenToMs: number };

/**
 * A baseline that no one has made: what a version itself served in a span before the window (`trailing`, which ends `offsetMs` before the
 * widest the window may grow to), in the same span of earlier periods, or what another version served in the time before this one was first seen.
 */
export type MovingBaseline =
  | { readonly kind: 'trailing'; readonly durationMs: number; readonly offsetMs: number }
  | { readonly kind: 'same_time'; readonly offsetMs: number; readonly periods: number }
  | { readonly kind: 'version'; readonly version: 'previous' | (string & {}); readonly durationMs: number };

/** Shares of the rows of a stage: no scores of a series by itself, but held against how many rows the others had. */
export const ROW_SHARES = ['presence', 'violation_share'] as const;
export type RowShareName = (typeof ROW_SHARES)[number];

/** Whether a measure is a share of the rows of a stage. */
export function isRowShare(measure: string): measure is RowShareName {
  return (ROW_SHARES as readonly string[]).includes(measure);
}

/** A score of series, with or without a baseline: the blocks `drift`, `schema`, `confidence` and `latency` come to this. */
export type SeriesJudgement = Span & {
  readonly kind: 'drift' | 'schema' | 'confidence' | 'latency';
  /** Model name, or null for every model. */
  readonly model: string | null;
  readonly version: VersionChoice;
  /** Whether the chosen versions are judged as one. */
  readonly isMerged: boolean;
  readonly stage: string;
  readonly fields: FieldChoice;
  readonly measure: AnyMeasureName | RowShareName;
  readonly asked: Asked;
  /** null for the measure as it is. */
  readonly direction: Direction | null;
  /** Name of the reference baseline, or the kind of a moving one, or null where the measure is taken without one. */
  readonly baseline: string | null;
  /** null for a reference baseline, which has a name, and where there is none at all. */
  readonly moving: MovingBaseline | null;
  /** Values the baseline must have; below, nothing is judged. */
  readonly baselineMinSamples: number;
  readonly minSamples: number;
  /** null for all traffic. */
  readonly slices: SliceChoice | null;
};

/** The share of rows that ended in an error: the block `errors`. */
export type ErrorsJudgement = Span & {
  readonly kind: 'errors';
  readonly model: string | null;
  readonly version: VersionChoice;
  readonly isMerged: boolean;
  readonly measure: 'error_share';
  readonly baseline: null;
  readonly minSamples: number;
};

/** What traffic is compared with: the same span of earlier days or weeks, or what the time before gave on average. */
export type TrafficBaseline =
  | { readonly kind: 'same_time'; readonly offsetMs: number; readonly periods: number }
  | { readonly kind: 'trailing'; readonly durationMs: number; readonly offsetMs: number };

/** How much was served, how much of what is usual, whether agents report at all, or how much of what came is missing. */
export const SILENCE_MEASURES = ['rows', 'rows_ratio', 'reports', 'null_share'] as const;
export type SilenceMeasure = (typeof SILENCE_MEASURES)[number];

/** What a model was fed over all its versions: the block `silence`. */
export type SilenceJudgement = {
  readonly kind: 'silence';
  readonly model: string | null;
  readonly measure: SilenceMeasure;
  readonly windowMs: number;
  /** There for `rows_ratio`, else null. */
  readonly baseline: TrafficBaseline | null;
  /** `rows_ratio` is not judged where the baseline expects fewer rows than this in the window, `null_share` where it holds fewer values. */
  readonly minSamples: number;
};

/** Other alerts of the same group, by name: the block `composite`. */
export type CompositeJudgement = {
  readonly kind: 'composite';
  readonly model: null;
  readonly measure: 'alerts';
  readonly all: readonly string[];
  readonly any: readonly string[];
  readonly none: readonly string[];
  readonly baseline: null;
  readonly minSamples: number;
};

export type Judgement = SeriesJudgement | ErrorsJudgement | SilenceJudgement | CompositeJudgement;

/** Fire counts where it held in `hits` of the last `of` judgements. */
export type Occurrences = { readonly hits: number; readonly of: number };

/** The rule as it is for the fields that a name means. */
export type Override = { readonly pattern: string; readonly rule: Rule };

/** What becomes of an alert without enough data, once that has lasted `noDataForMs`. */
export const NO_DATA_POLICIES = ['nodata', 'keep', 'ok', 'fire'] as const;
export type NoDataPolicy = (typeof NO_DATA_POLICIES)[number];

/** What becomes of an alert whose evaluation fails. */
export const ERROR_POLICIES = ['keep', 'error', 'fire'] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

/**
 * How many false alarms chance may raise of one model version, over all fields and slices that share the budget. `text` is as
 * written; `importance` has the weights of fields by names or patterns, 1 where none fits; `rate` is the probability with which one
 * judgement of them all may fire by chance.
 */
export type Budget = AlarmBudget & {
  readonly text: string;
  readonly importance: ReadonlyMap<string, number>;
  readonly rate: number;
};

/** One rule, checked and completed. Times are in milliseconds. */
export type Rule = {
  /** Unique in its file; the label `alertname`. */
  readonly alert: string;
  readonly group: string;
  readonly intervalMs: number;
  readonly judgement: Judgement;
  /** What the value must be to fire; where there is a budget it must be beyond chance as well. `ANY_VALUE` where a budget alone decides. */
  readonly fire: Condition;
  /** `ANY_VALUE` where there is a budget and no `clear`: then it clears when fire no longer holds. */
  readonly clear: Condition;
  /** null where the value alone decides. */
  readonly budget: Budget | null;
  /** null where the last judgement alone counts. */
  readonly occurrences: Occurrences | null;
  /** null for always. */
  readonly active: ActiveTimes | null;
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
  /** In the order in which they are asked. They have none themselves. */
  readonly overrides: readonly Override[];
};

/** Rules that are evaluated at the same ticks. */
export type RuleGroup = {
  readonly name: string;
  readonly intervalMs: number;
  /** How far the watermark must be past a tick: the wait for late windows. */
  readonly queryOffsetMs: number;
  readonly rules: readonly Rule[];
};
