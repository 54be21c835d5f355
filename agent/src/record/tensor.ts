import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import { addValue } from './add-value.ts';
import type { ModelVersion } from './model-version.ts';

/** What is read of an ONNX tensor. Row-major; the first dimension is the batch. */
export type TensorLike = { readonly type: string; readonly dims: readonly number[]; readonly data: ArrayLike<unknown> };

/** A tensor seen as a table: `rows` times `width` values. */
export type Table = { readonly rows: number; readonly width: number; at(row: number, column: number): unknown };

const READABLE = new Set([
  'float32',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
]);

/**
 * A tensor as a table, or undefined where its values cannot be read here (another element type, or not on the CPU).
 * @param columns how many columns have names: a one-dimensional tensor of just that many is one row, else one column.
 */
export function tableOf(value: unknown, columns: number): Table | undefined {
  if (!isTensor(value) || !READABLE.has(value.type)) return undefined;
  const { data, dims, type } = value;
  const size = data.length;
  const rows = rowsOf(dims, size, columns);
  const width = rows === 0 ? 0 : size / rows;
  if (type === 'bool') return { rows, width, at: (row, column) => data[row * width + column] === 1 };
  return { rows, width, at: (row, column) => data[row * width + column] };
}

/** Adds the named columns of every row; `columns[i]` is the series of column i, undefined for one without. */
export function addTable(
  version: ModelVersion,
  window: WindowRecord,
  columns: readonly (Series | undefined)[],
  table: Table,
): void {
  for (const [column, series] of columns.entries()) {
    if (series === undefined) continue;
    // A narrower tensor than declared: the values are not there, and that is worth knowing.
    const there = column < table.width;
    const valueAt = (row: number) => (there ? table.at(row, column) : undefined);
    let row = 0;
    while (row < table.rows && series.kind === undefined) addValue(version, window, series, valueAt(row++));
    if (row === table.rows) continue;
    const summary = window.summary(series);
    while (row < table.rows) summary.add(valueAt(row++));
  }
}

/** The largest value of a row: for class probabilities the confidence of the answer. NaN where one is no number. */
export function maxOfRow(table: Table, row: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < table.width; column++) {
    const value = table.at(row, column);
    if (typeof value !== 'number' || Number.isNaN(value)) return Number.NaN;
    if (value > max) max = value;
  }
  return max;
}

function rowsOf(dims: readonly number[], size: number, columns: number): number {
  const first = dims[0];
  if (size === 0) return 0;
  if (first === undefined) return 1;
  return dims.length === 1 && first === columns && columns > 1 ? 1 : first;
}

function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { type, dims, location } = value as { type?: unknown; dims?: unknown; location?: unknown };
  const here = location === undefined || location === 'cpu' || location === 'cpu-pinned';
  return here && typeof type === 'string' && Array.isArray(dims) && isArrayLike((value as { data?: unknown }).data);
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
