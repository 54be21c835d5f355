import type { Candidate, Sketcher, Subject } from './candidate.ts';
import type { Column } from './column.ts';
import type { Accuracy } from './measured.ts';
import { KS_SHARES, ksError, rankError } from './rank-error.ts';

const TAILS = [0.001, 0.01, 0.99, 0.999] as const;
const WINDOW = 1000;
const WINDOWS = 10;

/** Accuracy of a candidate on the first variant of a column, and its sizes; null for one without quantiles. */
export async function measureAccuracy({ sketcher }: Candidate, { variants }: Column): Promise<Accuracy | null> {
  if (sketcher === null) return null;
  const values = variants[0]!;
  const sorted = values.slice().sort();
  const subject = sketcher.build(values);
  const here = await errorsOf(subject, sorted);
  const there = subject.decoded === null ? here : await errorsOf(subject.decoded, sorted);
  const tail = (q: (typeof TAILS)[number]) => Math.max(here.tails.get(q)!, there.tails.get(q)!);
  return {
    ks: Math.max(here.ks, there.ks),
    tails: { '0.001': tail(0.001), '0.01': tail(0.01), '0.99': tail(0.99), '0.999': tail(0.999) },
    bytes: subject.bytes,
    windowBytes: windowBytes(sketcher, values),
  };
}

/** The larger KS error of a subject before and after its bytes. */
export async function ksOf(subject: Subject, sorted: Float64Array): Promise<number> {
  const here = ksError(sorted, await subject.quantiles(KS_SHARES));
  if (subject.decoded === null) return here;
  return Math.max(here, ksError(sorted, await subject.decoded.quantiles(KS_SHARES)));
}

async function errorsOf(subject: Subject, sorted: Float64Array): Promise<{ ks: number; tails: Map<number, number> }> {
  const ks = ksError(sorted, await subject.quantiles(KS_SHARES));
  const answers = await subject.quantiles(TAILS);
  const tails = TAILS.map((q, i) => [q, rankError(sorted, q, answers[i]!) / Math.min(q, 1 - q)] as const);
  return { ks, tails: new Map(tails) };
}

function windowBytes(sketcher: Sketcher, values: Float64Array): number | null {
  let sum = 0;
  let count = 0;
  for (let from = 0; from + WINDOW <= values.length && count < WINDOWS; from += WINDOW) {
    const { bytes } = sketcher.build(values.subarray(from, from + WINDOW));
    if (bytes === null) return null;
    sum += bytes;
    count++;
  }
  return count === 0 ? null : sum / count;
}
