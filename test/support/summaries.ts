import { type SeriesKind, Summary, type SummaryOptions } from '@tidemark/sketch';

/** A summary of these values. */
export function summaryOf(kind: SeriesKind, values: Iterable<unknown>, options: SummaryOptions = {}): Summary {
  const summary = new Summary(kind, options);
  for (const value of values) summary.add(value);
  return summary;
}

/** The same, as traffic comes: in `windows` windows that are merged. */
export function mergedSummaryOf(kind: SeriesKind, values: readonly unknown[], windows: number): Summary {
  const all = new Summary(kind);
  const size = Math.max(1, Math.ceil(values.length / windows));
  for (let from = 0; from < values.length; from += size) all.merge(summaryOf(kind, values.slice(from, from + size)));
  return all;
}
