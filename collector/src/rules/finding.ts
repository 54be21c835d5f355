import type { VersionInfo } from './source.ts';

/**
 * Whether a finding can be judged: `insufficient` is fewer samples than the rule wants, `nodata` no window at all,
 * `error` a failure with a message. Neither of these is ever ok, and neither is drift.
 */
export type FindingHealth = 'ok' | 'insufficient' | 'nodata' | 'error';

/** Where a score stands in what chance does; there for rules with a budget. */
export type ChanceFound = {
  /** The score, in standard deviations of the baseline where its unit is the values' own. */
  readonly effect: number;
  /** Values of the baseline that the score was made with; those of the window are the finding's `samples`. */
  readonly nRef: number;
  /**
   * The score over what chance exceeds in one window of twenty, and the probability of it or more by chance. Both null where the effect
   * that the rule asks for does not hold, since then chance was not asked; the first also where chance gives no such score at all.
   */
  readonly nullMultiple: number | null;
  readonly tail: number | null;
  /** Whether it keeps to the budget to call this no chance; false where chance was not asked. */
  readonly isBeyond: boolean;
};

/** A rule's judgement of one series (or, for silence, one model) at one tick. Plain data. */
export type Finding = {
  /** Identity: `alertname`, `severity`, the rule's own, `model`, and where they apply `version`, `stage`, `field`, `slice`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly measure: string;
  /** The score; null unless health is ok. */
  readonly value: number | null;
  readonly health: FindingHealth;
  /** Values or rows that the score rests on. */
  readonly samples: number;
  readonly baselineId: number | null;
  /** Name of the baseline, null where the measure is taken without one. */
  readonly baseline: string | null;
  /** The version judged; for silence the one that served last. */
  readonly version: VersionInfo;
  /** null where the series was never seen, and for silence. */
  readonly seriesId: number | null;
  /** The judged span, half-open, milliseconds since the epoch; `spanTo` is the tick. */
  readonly spanFrom: number;
  readonly spanTo: number;
  /** Why health is not ok; null where it is. */
  readonly message: string | null;
  /** What moved, most telling first; made only where the rule's `clear` does not hold. */
  readonly evidence: readonly string[];
  /** Absent for rules without a budget, and where there is no value. */
  readonly chance?: ChanceFound;
};
