import { BASELINE_SIZE_RULE, Summary, type SummaryOptions } from '@tidemark/sketch';
import { type BaselineSeries, seriesKey } from '../../../../collector/src/baseline/baseline.ts';
import { makeBins } from '../../../../collector/src/drift/bins.ts';
import type { FieldStream, ModelStream } from '../stream.ts';
import type { Table, TableColumn } from './table.ts';

/** Rows of a file as a model served them: `hours` (since the epoch, ascending) tell when each came. */
export type Served = { readonly table: Table; readonly hours: readonly number[] };

/** A model that serves rows, with a baseline of others. `predictions` are the columns that it answers with. */
export function tableStream(
  model: string,
  { table, hours }: Served,
  reference: Table,
  predictions: readonly string[],
): ModelStream {
  const firstHour = hours[0]!;
  const lastHour = hours.at(-1)!;
  // The first row of each hour, and the end of the last.
  const starts = Array.from({ length: lastHour - firstHour + 2 }, (_, i) => firstAt(hours, firstHour + i));
  const startOf = (hour: number) => starts[Math.min(Math.max(hour - firstHour, 0), starts.length - 1)]!;
  const stageOf = (name: string) => (predictions.includes(name) ? 'prediction' : 'feature');
  const fields = table.columns.map((column): FieldStream => {
    const { name: field, kind } = column;
    const spanOf = (from: number, to: number) => {
      const [begin, end] = [startOf(from), startOf(to)];
      return begin === end ? null : summaryOf(column, begin, end);
    };
    return { stage: stageOf(field), field, kind, spanOf };
  });
  const series = reference.columns.map((column): [string, BaselineSeries] => {
    const { name: field, kind } = column;
    const summary = summaryOf(column, 0, column.values.length, { sizeRule: BASELINE_SIZE_RULE });
    return [seriesKey(stageOf(field), field), { stage: stageOf(field), field, kind, summary, bins: makeBins(summary) }];
  });
  const baseline = { id: 1, name: 'training', model, version: '1', series: new Map(series) };
  const served = (hour: number) => startOf(hour + 1) - startOf(hour);
  return { model, firstHour, lastHour, rowsOf: served, errorsOf: () => 0, fields, baseline, baselineHours: () => [] };
}

function summaryOf({ kind, values }: TableColumn, from: number, to: number, options: SummaryOptions = {}): Summary {
  const summary = new Summary(kind, options);
  for (let row = from; row < to; row++) summary.add(values[row]);
  return summary;
}

/** The first row at that hour or later. */
function firstAt(hours: readonly number[], hour: number): number {
  let [low, high] = [0, hours.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hours[middle]! >= hour) high = middle;
    else low = middle + 1;
  }
  return low;
}
