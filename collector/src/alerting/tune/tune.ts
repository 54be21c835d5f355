import { CollectorError } from '../../errors.ts';
import type { Pause } from '../replay.ts';
import type { Incident } from './incident.ts';
import type { ScoreHistory } from './score-history.ts';
import { candidateThresholds, thresholdAt } from './thresholds.ts';
import { type TriedThreshold, tryThreshold } from './tried-threshold.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

/** How many alarms somebody is ready to look at: so many in so long (ms). */
export type AlarmBudget = { readonly text: string; readonly alarms: number; readonly perMs: number };

/** Reads `1/month`, `3/week`; a month has 30 days. @throws {CollectorError} `USAGE` for anything else. */
export function parseBudget(text: string): AlarmBudget {
  const [, count, unit] = /^([1-9]\d{0,5})\/(hour|day|week|month)$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new CollectorError('USAGE', `at-most: expected a budget such as 1/month, 2/week or 5/day, got '${text}'`);
  return { text, alarms: Number(count), perMs: UNIT_MS[unit]! };
}

/** The budget that is meant: one alarm a month where neither a budget nor incidents are given. @throws as `parseBudget` */
export function budgetOf(text: string | undefined, incidents: readonly Incident[] | null): AlarmBudget | null {
  const meant = text ?? (incidents === null ? '1/month' : undefined);
  return meant === undefined ? null : parseBudget(meant);
}

/** What tuning came to: every threshold that was tried, most sensitive first, what the rule has now, and which to take and why. */
export type Tuned = {
  readonly history: ScoreHistory;
  readonly tried: readonly TriedThreshold[];
  readonly current: TriedThreshold;
  /** null where none keeps the budget. */
  readonly chosen: TriedThreshold | null;
  readonly why: string;
};

/**
 * Tries thresholds over the scores and chooses one: with incidents the one whose precision and recall are best together (F1,
 * van Rijsbergen 1979), else the most sensitive; within the budget where there is one. Of equals the least sensitive. `pause`
 * is awaited between thresholds.
 */
export async function tune(
  history: ScoreHistory,
  budget: AlarmBudget | null,
  incidents: readonly Incident[] | null,
  pause: Pause = async () => undefined,
): Promise<Tuned> {
  const tried: TriedThreshold[] = [];
  for (const threshold of candidateThresholds(history)) {
    await pause();
    tried.push(tryThreshold(history, threshold, incidents));
  }
  const { rule } = history;
  const current = tryThreshold(history, thresholdAt(rule, rule.fire.bound), incidents);
  const allowed = budget === null ? Infinity : (budget.alarms * (history.until - history.since)) / budget.perMs;
  const within = tried.filter((one) => (one.agreement?.falseAlarms ?? one.alarms.length) <= allowed);
  if (incidents === null) {
    // More sensitive ones that would have told no more are not better: the budget is for what is still to come.
    const why = `the most sensitive threshold with at most ${budget?.text ?? 'any number of'} alarms`;
    return { history, tried, current, chosen: within[0] ?? null, why };
  }
  const best = within.reduce<TriedThreshold | null>((so, one) => (so === null || f1(one) >= f1(so) ? one : so), null);
  const bound = budget === null ? '' : `, with at most ${budget.text} false alarms`;
  return { history, tried, current, chosen: best, why: `the best precision and recall together (F1)${bound}` };
}

/** Harmonic mean of precision and recall; 0 where nothing was found. */
export function f1({ agreement }: TriedThreshold): number {
  const precision = agreement?.precision ?? 0;
  const recall = agreement?.recall ?? 0;
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
