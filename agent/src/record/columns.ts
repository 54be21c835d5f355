import type { Summary } from '@tidemark/sketch';
import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import { addValue } from './add-value.ts';
import type { ModelVersion } from './model-version.ts';
import type { RowSample } from './row-sample.ts';
import { scratch } from './scratch.ts';
import { copyNumbers, numberAt, type Table, valueAt } from './tensor.ts';

/** Adds the columns of the picked rows; `columns[i]` is the series of column i, undefined for one without. */
export function addColumns(
  version: ModelVersion,
  window: WindowRecord,
  columns: readonly (Series | undefined)[],
  table: Table,
  picked: RowSample,
): void {
  if (picked.count === 0) return;
  if (picked.count === 1 && table.coding === 'number') {
    addRow(version, window, columns, table, (picked.rows[0] as number) * table.width);
    return;
  }
  for (let column = 0; column < columns.length; column++) {
    const series = columns[column];
    if (series !== undefined) addColumn(version, window, series, table, column, picked);
  }
}

/** One row of numbers, as most calls have: straight into the summaries. */
function addRow(
  version: ModelVersion,
  window: WindowRecord,
  columns: readonly (Series | undefined)[],
  { data, width }: Table,
  first: number,
): void {
  const { summaries } = window;
  for (let column = 0; column < columns.length; column++) {
    const series = columns[column];
    if (series === undefined) continue;
    const value = column < width ? data[first + column] : undefined;
    const summary = summaries[series.index];
    if (summary !== undefined) summary.add(value);
    else addValue(version, window, series, value);
  }
}

function addColumn(
  version: ModelVersion,
  window: WindowRecord,
  series: Series,
  table: Table,
  column: number,
  picked: RowSample,
): void {
  const { count, rows } = picked;
  const { width } = table;
  if (column >= width || table.coding === 'text' || (series.kind ?? kindOfColumn(table)) !== 'number') {
    // Of a narrower tensor than declared the values are not there, and that is worth knowing.
    const there = column < width;
    for (let i = 0; i < count; i++) {
      const value = there ? valueAt(table, (rows[i] as number) * width + column) : undefined;
      addValue(version, window, series, value);
    }
    return;
  }
  version.determine(series, 'number');
  const summary = window.summary(series);
  if (table.coding === 'number' && picked.all) summary.addStrided(table.data, column, width, count);
  else addPicked(summary, table, column, picked);
}

/** What a column is, unless it is declared: 64-bit integers that are no answers are numbers, and so is all but texts and booleans. */
function kindOfColumn(table: Table): 'number' | 'category' {
  return table.coding === 'bool' || table.coding === 'text' ? 'category' : 'number';
}

function addPicked(summary: Summary, table: Table, column: number, { count, rows, all }: RowSample): void {
  const { width } = table;
  const numbers = scratch(count);
  if (all) copyNumbers(table, column, width, count, numbers);
  else if (table.coding === 'number') {
    const { data } = table;
    for (let i = 0; i < count; i++) numbers[i] = data[(rows[i] as number) * width + column] as number;
  } else {
    for (let i = 0; i < count; i++) numbers[i] = numberAt(table, (rows[i] as number) * width + column);
  }
  summary.addStrided(numbers, 0, 1, count);
}
