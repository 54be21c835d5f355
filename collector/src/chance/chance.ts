import type { BaselineSeries, BaselineWindow } from '../baseline/baseline.ts';
import type { MeasureName } from '../drift/index.ts';
import type { NullDistribution } from '../drift/null-distribution.ts';
import type { Side } from '../drift/side.ts';
import type { WidenedNull } from '../drift/window-variation.ts';

/**
 * How well the far end of a null is to be known. `usual` is right within a tenth at 1 %, but off by three times and more on average at 1 in
 * 10 000, where a budget for many fields asks; `far` draws eight times as many windows, and takes as much longer.
 */
export type Precision = 'usual' | 'far';

/** What chance is asked about: one measure, looked at from one side, on one series of a baseline. */
export type ChanceSubject = {
  /** Names the series of the baseline: the same seed gives the same nulls, whoever draws them. */
  readonly seed: string;
  readonly measure: MeasureName;
  /** On which side the score itself (not turned by a rule's `direction`) is away from the baseline. */
  readonly side: Side;
  readonly precision: Precision;
  readonly reference: BaselineSeries;
  /** Span that is judged, ms. */
  readonly spanMs: number;
  /** The windows of that span that the baseline was merged from, none where it has none; asked once. */
  windows(): Promise<readonly BaselineWindow[]>;
};

/** A window that was judged: how many values (or rows) it held, and when it began (ms). */
export type JudgedWindow = { readonly values: number; readonly startMs: number };

/** How a score is distributed in such windows while nothing drifts. Both null where nobody knows, such as for vectors. */
export type Nulls = {
  /** By independent draws from the baseline. */
  readonly independent: NullDistribution | null;
  /** With the variation between the baseline's own windows; null where these are too few or of another span. */
  readonly widened: WidenedNull | null;
};

/** Knows what chance makes of scores. What it once found out it keeps. */
export interface Chance {
  /**
   * @throws {ChanceUnknown} where it cannot be found out this time, and {ChanceStopped} once it is stopped; also what asking for
   * the baseline's windows throws.
   */
  nullsFor(subject: ChanceSubject, window: JudgedWindow): Promise<Nulls>;
}

/** Finding out what chance does has failed; it may work the next time. */
export class ChanceUnknown extends Error {
  constructor(reason: string) {
    super(`what chance does could not be found out: ${reason}`);
    this.name = 'ChanceUnknown';
  }
}

/** Nothing is found out any more: the collector stops. What is being judged is left, and judged at the next start. */
export class ChanceStopped extends Error {
  constructor() {
    super('the collector stops, so nothing new is found out about chance');
    this.name = 'ChanceStopped';
  }
}
