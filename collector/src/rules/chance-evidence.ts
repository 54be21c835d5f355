import type { CalibratedScore } from '../drift/calibrated-score.ts';
import { formatDuration } from '../duration.ts';
import { short } from './evidence.ts';

/** What chance has to do with a score, in lines for people: `psi 0.31, 4.2 times what chance does in one window of twenty (n 1 200 against 50 000)`. */
export function chanceEvidence(measure: string, spanMs: number, one: CalibratedScore): string[] {
  const { score, nullMultiple, nRef, nLive, widenedNull } = one;
  const sizes = `(n ${grouped(nLive)} against ${grouped(nRef)})`;
  const multiple = Number(nullMultiple.toPrecision(2));
  const line = Number.isFinite(nullMultiple)
    ? `${measure} ${short(score)}, ${multiple} times what chance does in one window of twenty ${sizes}`
    : `${measure} ${short(score)}, where chance does nothing in nineteen windows of twenty ${sizes}`;
  if (widenedNull !== null) return [line];
  const windows = `the baseline has too few windows of ${formatDuration(spanMs)} to tell how they vary`;
  return [line, `${windows}: chance is that of independent draws`];
}

/** A count with its thousands apart. */
function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ');
}
