import { type SeriesKind, Summary, type SummaryOptions } from '@tidemark/sketch';

/** Values of one field in one hour: numbers or categories, and rows without one or of a wrong type. */
export type Column = {
  readonly numbers?: Float64Array;
  readonly keys?: readonly string[];
  readonly missing?: number;
  readonly wrong?: number;
};

/** The values in the sketches that an agent, or a baseline, puts them in. */
export function addTo(summary: Summary, { numbers, keys, missing = 0, wrong = 0 }: Column): void {
  for (let from = 0; numbers !== undefined && from < numbers.length; from += 2048)
    summary.addNumbers(numbers.subarray(from, from + 2048));
  for (const key of keys ?? []) summary.add(key);
  for (let i = 0; i < missing; i++) summary.add(null);
  // An object is of a wrong type in every series.
  for (let i = 0; i < wrong; i++) summary.add({});
}

export function summaryOf(kind: SeriesKind, columns: Iterable<Column>, options: SummaryOptions = {}): Summary {
  const summary = new Summary(kind, options);
  for (const column of columns) addTo(summary, column);
  return summary;
}
