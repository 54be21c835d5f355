import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import { addValue } from './add-value.ts';
import { integerReader } from './integer-reader.ts';
import type { ModelVersion } from './model-version.ts';

/** What is read of an ONNX tensor. Row-major; the first dimension is the batch. */
export type TensorLike = { readonly type: string; readonly dims: readonly number[]; readonly data: ArrayLike<unknown> };

/** A tensor seen as a table: `rows` times `width` values. */
export type Table = Shape & {
  at(row: number, column: number): unknown;
  /** The values row by row, where they are numbers as they stand. */
  readonly numbers?: ArrayLike<number>;
};

/** How many rows a tensor has and how many values a row. */
export type Shape = { readonly rows: number; readonly width: number };

const NUMBERS = new Set(['float32', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32']);
const OTHERS = new Set(['int64', 'uint64', 'string']);

/**
 * The shape of a tensor by its dimensions alone, wherever its data are; undefined for what is no tensor, and where
 * the data are here and do not fit.
 * @param columns how many columns have names: a one-dimensional tensor of just that many is one row, else one column.
 */
export function shapeOf(value: unknown, columns: number): Shape | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, dims } = value as { type?: unknown; dims?: unknown };
  if (typeof type !== 'string' || !isDims(dims)) return undefined;
  let size = 1;
  for (const dim of dims) size *= dim;
  if (!Number.isSafeInteger(size)) return undefined;
  if (isHere(value)) {
    const { data } = value as { data?: unknown };
    if (!isArrayLike(data) || data.length !== size) return undefined;
  }
  const first = dims[0] ?? 1;
  const rows = dims.length === 1 && first === columns && columns > 1 ? 1 : first;
  return { rows, width: rows === 0 ? 0 : size / rows };
}

/** A tensor as a table, or undefined where its values cannot be read here (another element type, or not on the CPU). */
export function tableOf(value: unknown, columns: number): Table | undefined {
  const shape = shapeOf(value, columns);
  if (shape === undefined || !isHere(value as object)) return undefined;
  const { rows, width } = shape;
  const { data, type } = value as TensorLike;
  if (NUMBERS.has(type) && ArrayBuffer.isView(data)) {
    const numbers = data as unknown as ArrayLike<number>;
    return { rows, width, numbers, at: (row, column) => numbers[row * width + column] };
  }
  if (type === 'bool') return { rows, width, at: (row, column) => data[row * width + column] === 1 };
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const read = integerReader(data);
    return { rows, width, at: (row, column) => read(row * width + column) };
  }
  if (!NUMBERS.has(type) && !OTHERS.has(type)) return undefined;
  return { rows, width, at: (row, column) => data[row * width + column] };
}

/** Adds the named columns of every row; `columns[i]` is the series of column i, undefined for one without. */
export function addTable(
  version: ModelVersion,
  window: WindowRecord,
  columns: readonly (Series | undefined)[],
  table: Table,
): void {
  const { rows, width, numbers } = table;
  if (rows === 0) return;
  for (let column = 0; column < columns.length; column++) {
    const series = columns[column];
    if (series === undefined) continue;
    // Every element of a tensor of numbers is one, NaN included.
    if (numbers !== undefined && column < width && (series.kind ?? 'number') === 'number') {
      version.determine(series, 'number');
      window.summary(series).addStrided(numbers, column, width, rows);
    } else {
      addOneByOne(version, window, series, table, column);
    }
  }
}

/** Adds one column. Of a narrower tensor than declared the values are not there, and that is worth knowing. */
function addOneByOne(version: ModelVersion, window: WindowRecord, series: Series, table: Table, column: number): void {
  const there = column < table.width;
  for (let row = 0; row < table.rows; row++) {
    addValue(version, window, series, there ? table.at(row, column) : undefined);
  }
}

/** Adds the largest value of every row: of class probabilities, the confidence of the answer. */
export function addLargest(window: WindowRecord, series: Series, table: Table): void {
  const largest = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row++) largest[row] = maxOfRow(table, row);
  window.summary(series).addStrided(largest, 0, 1, table.rows);
}

/** The largest value of a row; NaN where one is no number. */
export function maxOfRow(table: Table, row: number): number {
  const { numbers, width } = table;
  return numbers === undefined ? maxOfAny(table, row) : maxOfNumbers(numbers, row * width, width);
}

function maxOfNumbers(numbers: ArrayLike<number>, first: number, count: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = first; i < first + count; i++) {
    const value = numbers[i] as number;
    if (value > max) max = value;
    else if (Number.isNaN(value)) return value;
  }
  return max;
}

function maxOfAny(table: Table, row: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < table.width; column++) {
    const value = table.at(row, column);
    if (typeof value !== 'number' || Number.isNaN(value)) return Number.NaN;
    if (value > max) max = value;
  }
  return max;
}

/** Whether the data of a tensor are in memory that can be read; where they are not, asking for them throws. */
function isHere(tensor: object): boolean {
  const { location } = tensor as { location?: unknown };
  return location === undefined || location === 'cpu' || location === 'cpu-pinned';
}

function isDims(dims: unknown): dims is readonly number[] {
  if (!Array.isArray(dims)) return false;
  for (const dim of dims) if (!Number.isSafeInteger(dim) || dim < 0) return false;
  return true;
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
