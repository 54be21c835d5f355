import { categoryKey, type Summary } from '@tidemark/sketch';
import { percent } from './evidence.ts';
import type { Fetched } from './fetch-spans.ts';
import type { Rule, SeriesJudgement } from './rule.ts';
import type { Selected } from './select-series.ts';
import { type Verdict, without } from './verdict.ts';

/**
 * Judges in which share of the rows of its stage a field was there at all, or a check of the guard said no. `rows` are those of the
 * field with the most: where rows are sampled, all fields of a stage are sampled alike.
 */
export function rowShareOf(
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
  const value = Math.min(1, countOf(judgement, span.summary) / rows);
  const evidence = rule.clear.holds(value) ? [] : [`in ${percent(value)} of ${rows} rows`];
  return { health: 'ok', value, samples: rows, message: null, evidence };
}

/** Where a guard looks. */
const STAGES = ['input', 'feature', 'prediction'];

/** A series that never came counted nothing. */
function countOf({ measure, asked }: SeriesJudgement, summary: Summary | null): number {
  if (summary === null) return 0;
  if (measure === 'presence') return summary.kinds.total - summary.kinds.missing;
  const isOfCheck = violationsOf(asked.category!);
  return summary.categories.entries().reduce((sum, { key, count }) => sum + (isOfCheck(key) ? count : 0), 0);
}

/**
 * Which violations are of that check. The guard names them by the check and what it was found in, as in `range:feature/amount`;
 * relations and checks of the caller's own have names, in the place of the field: `relation:feature/order`.
 */
function violationsOf(check: string): (violation: string) => boolean {
  const named = ['relation', 'custom'].flatMap((kind) =>
    STAGES.map((stage) => categoryKey(`${kind}:${stage}/${check}`)),
  );
  return (violation) => violation.startsWith(`${check}:`) || named.includes(violation);
}
