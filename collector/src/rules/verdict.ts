import type { Summary } from '@tidemark/sketch';
import type { Measure } from '../drift/index.ts';
import { messageOf } from '../errors.ts';
import { evidenceOf } from './evidence.ts';
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
  const inBaseline = reference === null ? 0 : measure.samples(reference);
  if (reference !== null && inBaseline < judgement.baselineMinSamples) {
    const message = `${inBaseline} samples in the baseline, ${judgement.baselineMinSamples} are needed`;
    return without('insufficient', samples, judgement.moving === null ? message : `${message} (${one.baselineName})`);
  }
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
