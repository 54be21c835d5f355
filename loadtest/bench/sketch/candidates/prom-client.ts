import { Histogram, Summary } from 'prom-client';
import { asTheyAre, type Candidate, SLICE, type Subject, takesAll } from '../candidate.ts';

/** Registered nowhere: made anew for every feed, and names may then repeat. */
const CONFIG = { name: 'bench', help: 'bench', registers: [] };

function observeSlice(histogram: Histogram, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) histogram.observe(values[i]!);
}

function feedHistogram(values: Float64Array): number {
  const histogram = new Histogram(CONFIG);
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) observeSlice(histogram, values, from, Math.min(from + SLICE, n));
  return n;
}

function observeSliceOfSummary(summary: Summary, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) summary.observe(values[i]!);
}

function fill(summary: Summary, values: Float64Array): void {
  const n = values.length;
  for (let from = 0; from < n; from += SLICE) observeSliceOfSummary(summary, values, from, Math.min(from + SLICE, n));
}

/** Its queries answer later, so the last compression is not in its time: in its favour. */
function feedSummary(values: Float64Array): number {
  fill(new Summary(CONFIG), values);
  return values.length;
}

/** It gives the quantiles that it was made for, so it is filled again for every list. */
function summaryOf(values: Float64Array): Subject {
  return {
    async quantiles(qs) {
      const summary = new Summary({ ...CONFIG, percentiles: [...qs] });
      fill(summary, values);
      const { values: lines } = await summary.get();
      return lines.filter(({ labels }) => labels.quantile !== undefined).map(({ value }) => value);
    },
    bytes: null,
    decoded: null,
  };
}

/** Counts in fixed buckets: no quantiles. */
export const promHistogram: Candidate = {
  id: 'prom-histogram',
  label: 'prom histogram',
  refuses: takesAll,
  prepare: asTheyAre,
  feed: feedHistogram,
  sketcher: null,
};

/** npm tdigest inside, with a compression every 1 000 values. */
export const promSummary: Candidate = {
  id: 'prom-summary',
  label: 'prom summary',
  refuses: takesAll,
  prepare: asTheyAre,
  feed: feedSummary,
  sketcher: { build: summaryOf, merged: null, mergeTrial: null },
};
