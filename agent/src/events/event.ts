import type { VersionName } from '../losses.ts';

/** One value by stage and field; undefined = it was missing. */
export type NamedValue = {
  readonly stage: string;
  readonly field: string;
  readonly value: number | string | boolean | undefined;
};

/** Why an inference was kept as an event. */
export type Stratum = 'sample' | 'violation' | 'low-confidence' | 'slow' | 'error';

/** What a guard found on one inference, without the value. */
export type EventViolation = {
  readonly check: string;
  readonly stage: string;
  readonly field: string;
  readonly action: 'annotate' | 'fallback' | 'reject';
};

/** One inference kept whole, after privacy: nothing in it has yet to be hidden. */
export type InferenceEvent<V extends VersionName = VersionName> = {
  readonly version: V;
  /** Empty where the caller names none. */
  readonly predictionId: string;
  /** Event time in milliseconds since the epoch. */
  readonly atMs: number;
  readonly stratum: Stratum;
  /** How many inferences of its stratum it stands for, at least 1. */
  readonly weight: number;
  readonly slice: string;
  readonly latencyMs: number;
  readonly failed: boolean;
  readonly values: readonly NamedValue[];
  readonly violations: readonly EventViolation[];
  /** Of the active span, lower-case hex; empty where there was none. */
  readonly traceId: string;
  readonly spanId: string;
};

/** What turned out to be true of one prediction. */
export type OutcomeRecord<V extends VersionName = VersionName> = {
  readonly version: V;
  readonly predictionId: string;
  /** When it became known, in milliseconds since the epoch. */
  readonly atMs: number;
  /** Of stage `outcome`. */
  readonly values: readonly NamedValue[];
};
