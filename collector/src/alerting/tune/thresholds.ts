import { ANY_VALUE, type Condition, parseCondition } from '../../rules/condition.ts';
import type { Rule } from '../../rules/rule.ts';
import type { ScoreHistory } from './score-history.ts';

/** Where alarms begin and end at one threshold. */
export type Threshold = { readonly fire: Condition; readonly clear: Condition };

/** Shares of all scores that lie on the quiet side of a candidate. Alarms are rare, so most candidates lie in the tail. */
const LEVELS = [0.5, 0.75, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1];
/** Candidates around the threshold that the rule has now, as multiples of it. */
const MULTIPLES = [0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];

/**
 * Thresholds worth trying, from the most to the least sensitive: what divides the scores that were seen, what lies around the
 * threshold of the rule, and one that nothing reaches. Three figures each. Of a rule with a budget only those that ask for as
 * much effect as it does, or more: below, nobody has asked what chance does.
 */
export function candidateThresholds({ rule, series }: ScoreHistory): Threshold[] {
  const values = series.flatMap(({ scores }) => scores.flatMap(({ value }) => (value === null ? [] : [value])));
  const isUpward = rule.fire.comparison.startsWith('>');
  values.sort((a, b) => (isUpward ? a - b : b - a));
  const peaks = series.map(({ scores }) =>
    scores.reduce(
      (peak, { value }) => (value === null ? peak : further(peak, value, isUpward)),
      isUpward ? -Infinity : Infinity,
    ),
  );
  peaks.sort((a, b) => (isUpward ? a - b : b - a));
  const bounds = [
    ...MULTIPLES.map((multiple) => rule.fire.bound * multiple),
    ...LEVELS.map((level) => values[Math.round(level * (values.length - 1))]),
    ...[0.25, 0.5, 0.75, 1].map((level) => peaks[Math.round(level * (peaks.length - 1))]),
  ].filter((bound): bound is number => bound !== undefined && Number.isFinite(bound));
  const rounded = new Set([rule.fire.bound, ...bounds.map((bound) => roundAway(bound, isUpward))]);
  return [...rounded]
    .filter((bound) => rule.budget === null || bound === rule.fire.bound || rule.fire.holds(bound))
    .sort((a, b) => (isUpward ? a - b : b - a))
    .map((bound) => thresholdAt(rule, bound));
}

/** The rule's conditions moved to another bound: `clear` keeps its distance to `fire`, in proportion where that means something. */
export function thresholdAt(rule: Pick<Rule, 'fire' | 'clear'>, bound: number): Threshold {
  const { fire, clear } = rule;
  if (bound === -Infinity) return { fire, clear };
  // Where whatever no longer fires is clear, there is no bound to move along.
  if (clear === ANY_VALUE || fire === ANY_VALUE) return { fire: parseCondition(`${fire.comparison} ${bound}`), clear };
  const clearBound =
    fire.bound === 0 ? bound + (clear.bound - fire.bound) : Number(((bound * clear.bound) / fire.bound).toPrecision(6));
  return {
    fire: parseCondition(`${fire.comparison} ${bound}`),
    clear: parseCondition(`${clear.comparison} ${clearBound}`),
  };
}

function further(one: number, other: number, isUpward: boolean): number {
  return isUpward ? Math.max(one, other) : Math.min(one, other);
}

/** To three figures, away from the quiet side, so that what was seen does not fire at its own value. */
function roundAway(bound: number, isUpward: boolean): number {
  if (bound === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(bound))) - 2);
  return Number(((isUpward ? Math.ceil(bound / unit) : Math.floor(bound / unit)) * unit).toPrecision(3));
}
