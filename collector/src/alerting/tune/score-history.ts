import type { Finding } from '../../rules/finding.ts';
import type { Rule } from '../../rules/rule.ts';
import { type ReplayOptions, replay } from '../replay.ts';

/** What was found of one series at one tick (ms). */
export type Scored = Pick<Finding, 'health' | 'value' | 'chance'> & { readonly tick: number };

/** All that a rule found of one series over a span, oldest first. */
export type ScoredSeries = { readonly labels: Readonly<Record<string, string>>; readonly scores: readonly Scored[] };

/** The findings of one rule over a span. */
export type ScoreHistory = {
  readonly rule: Rule;
  readonly series: readonly ScoredSeries[];
  readonly ticks: number;
  readonly since: number;
  readonly until: number;
};

type Span = Pick<ReplayOptions, 'rules' | 'source' | 'since' | 'until' | 'chance' | 'pause' | 'onRecord'>;

/** Replays the span once and keeps every score of the one rule that `rules` holds. */
export async function scoreHistory(span: Span): Promise<ScoreHistory> {
  const { since, until, onRecord } = span;
  const [rule] = span.rules.groups.flatMap((group) => group.rules);
  if (rule === undefined) throw new RangeError('expected one rule, got none');
  const series = new Map<string, { labels: ScoredSeries['labels']; scores: Scored[] }>();
  const { ticks } = await replay({
    ...span,
    onRecord: (record) => {
      onRecord?.(record);
      const { tick, scores } = record;
      for (const { fingerprint, labels, health, value, chance } of scores) {
        const known = series.get(fingerprint) ?? { labels, scores: [] };
        series.set(fingerprint, known);
        known.scores.push({ tick, health, value, ...(chance === undefined ? {} : { chance }) });
      }
    },
  });
  return { rule, series: [...series.values()], ticks, since, until };
}
