import type { NullDistribution } from './null-distribution.ts';
import { oriented, type Side } from './side.ts';
import type { WidenedNull } from './window-variation.ts';

/** What one null says of a score. */
export type NullStanding = {
  /** What the score is in half of all windows, and in one of twenty, while nothing drifts; in the score's unit, as `oriented`. */
  readonly median: number;
  readonly oneInTwenty: number;
  /** The probability of such a score or a larger one, 1e-9 to 1. */
  readonly tail: number;
};

/** A score with what is known of chance. Plain data. */
export type CalibratedScore = {
  /** As the measure gave it, with its sign and unit. NaN where insufficient. */
  readonly score: number;
  /** How large a change that is: the score, in standard deviations of the baseline where its unit is the values' own. */
  readonly effect: number;
  /**
   * The score over what one window in twenty exceeds by chance, by the wider null: 1 is where chance ends to be an everyday explanation.
   * Not over the median, which is 0 for scores with a sign. NaN where no null is known, infinite where chance gives 0.
   */
  readonly nullMultiple: number;
  /** The probability of it by chance, by the wider null; NaN where none is known. */
  readonly tail: number;
  readonly nRef: number;
  readonly nLive: number;
  /** By independent draws alone. */
  readonly independentNull: NullStanding | null;
  /** With the variation between the baseline's own windows; null where these are too few. */
  readonly widenedNull: NullStanding | null;
  /** Too few values for a verdict, which is neither ok nor drift. */
  readonly insufficient: boolean;
};

/** What a score is calibrated from. */
export type Uncalibrated = {
  readonly score: number;
  readonly side: Side;
  /** Standard deviation of the baseline, where the score is in the unit of its values; else null. */
  readonly deviation: number | null;
  readonly nRef: number;
  readonly nLive: number;
  readonly minSamples: number;
  readonly independent: NullDistribution | null;
  readonly widened: WidenedNull | null;
};

/** The score with its effect and where it stands in both nulls. */
export function calibratedScore(one: Uncalibrated): CalibratedScore {
  const { score, side, nRef, nLive } = one;
  const insufficient = nLive < one.minSamples || !Number.isFinite(score);
  const turned = oriented(score, side);
  const independentNull = insufficient ? null : standing(one.independent, turned);
  const widenedNull = insufficient ? null : standing(one.widened?.null ?? null, turned);
  const wider = widenedNull ?? independentNull;
  return {
    score: insufficient ? Number.NaN : score,
    effect: insufficient ? Number.NaN : effectOf(score, one.deviation),
    nullMultiple: wider === null ? Number.NaN : multipleOf(turned, wider.oneInTwenty),
    tail: wider?.tail ?? Number.NaN,
    nRef,
    nLive,
    independentNull,
    widenedNull,
    insufficient,
  };
}

/** What makes a rule fire: an effect, a probability by chance that it must stay below, or both. */
export type FiringRule = { readonly effect: ((score: number) => boolean) | null; readonly mostByChance: number | null };

/** `unknown` is a rule with a budget, and no null to hold the score against. */
export type Verdict = 'fires' | 'quiet' | 'insufficient' | 'unknown';

/** The verdict; a rule with both an effect and a budget fires where both say so. */
export function verdictOf(one: CalibratedScore, { effect, mostByChance }: FiringRule): Verdict {
  if (one.insufficient) return 'insufficient';
  if (effect !== null && !effect(one.score)) return 'quiet';
  if (mostByChance === null) return 'fires';
  if (Number.isNaN(one.tail)) return 'unknown';
  return one.tail <= mostByChance ? 'fires' : 'quiet';
}

function standing(distribution: NullDistribution | null, score: number): NullStanding | null {
  if (distribution === null) return null;
  return { median: distribution.median, oneInTwenty: distribution.quantile(0.05), tail: distribution.tail(score) };
}

function effectOf(score: number, deviation: number | null): number {
  if (deviation === null) return score;
  return score === 0 ? 0 : score / deviation;
}

function multipleOf(score: number, oneInTwenty: number): number {
  if (oneInTwenty > 0) return score / oneInTwenty;
  return score > 0 ? Number.POSITIVE_INFINITY : 0;
}
