import type { Summary } from '@tidemark/sketch';
import type { Measure } from '../drift/index.ts';
import { messageOf } from '../errors.ts';
import { evidenceOf, percent } from './evidence.ts';
import type { Fetched } from './fetch-spans.ts';
import type { Finding, FindingHealth } from './finding.ts';
import type { Direction, Rule, SeriesJudgement } from './rule.ts';
import type { Selected } from './select-series.ts';

/** What a judgement comes to, before it is labelled. */
export type Verdict = Pick<Finding, 'health' | 'value' | 'samples' | 'message' | 'evidence' | 'chance'>;

/** A verdict and where the span begins on which it rests. */
export type Judged = { readonly verdict: Verdict; readonly spanFrom: number };

/** Judges one series by what its span held. `rule` and `judgement` are those of its field. */
export function verdictOn(
  rule: Rule,
  judgement: SeriesJudgement,
  measure: Measure,
  one: Selected,
  span: Fetched,
): Verdict {
  if (one.fault !== null) return without('error', 0, one.fault);
  if ('failed' in span) return without('error', 0, span.failed);
  const live = span.summary;
  if (live === null || live.kinds.total === 0) return without('nodata', 0, nothingOf(one));
  try {
    return scored(rule, judgement, measure, one, live);
  } catch (error) {
    return without('error', 0, messageOf(error));
  }
}

/**
 * Judges in which share of the rows of its stage a field was there at all. `rows` are those of the field with the most:
 * where rows are sampled, all fields of a stage are sampled alike.
 */
export function presenceOf(
  rule: Rule,
  judgement: SeriesJudgement,
  one: Selected,
  span: Fetched,
  rows: number,
): Verdict {
  if (one.fault !== null) return without('error', 0, one.fault);
  if ('failed' in span) return without('error', 0, span.failed);
  if (rows === 0) return without('nodata', 0, 'no rows in the span');
  if (rows < judgement.minSamples)
    return without('insufficient', rows, `${rows} rows, ${judgement.minSamples} are needed`);
  const kinds = span.summary?.kinds;
  const value = kinds === undefined ? 0 : Math.min(1, (kinds.total - kinds.missing) / rows);
  const evidence = rule.clear.holds(value) ? [] : [`in ${percent(value)} of ${rows} rows`];
  return { health: 'ok', value, samples: rows, message: null, evidence };
}

/** A finding without a value, and why it has none. */
export function without(health: FindingHealth, samples: number, message: string): Verdict {
  return { health, value: null, samples, message, evidence: [] };
}

function scored(rule: Rule, judgement: SeriesJudgement, measure: Measure, one: Selected, live: Summary): Verdict {
  const samples = measure.samples(live);
  if (samples < judgement.minSamples) {
    return without('insufficient', samples, `${samples} samples, ${judgement.minSamples} are needed`);
  }
  const reference = one.reference?.summary ?? null;
  const value = directed(measure.score({ live, reference, bins: one.reference?.bins ?? null }), judgement.direction);
  if (!Number.isFinite(value)) return without('error', samples, 'the baseline holds no values of this field');
  const evidence = rule.clear.holds(value) && !rule.fire.holds(value) ? [] : evidenceOf(live, reference);
  return { health: 'ok', value, samples, message: null, evidence };
}

function directed(value: number, direction: Direction | null): number {
  if (direction === 'both') return Math.abs(value);
  return direction === 'down' ? -value : value;
}

function nothingOf({ slice }: Selected): string {
  return slice.endsWith('=*') ? `no slice of '${slice.slice(0, -2)}' was ever seen` : 'no window in the span';
}
