import { types } from 'node:util';
import { halves } from './half.ts';
import { IntegerReader } from './integer-reader.ts';

/** What is read of an ONNX tensor. Row-major; the first dimension is the batch. */
export type TensorLike = { readonly type: string; readonly dims: readonly number[]; readonly data: ArrayLike<unknown> };

/** How many rows a tensor has and how many values a row. */
export type Shape = { readonly rows: number; readonly width: number };

/**
 * A tensor seen as a table: `rows` times `width` values, row by row in `data`, as `coding` says: numbers as they stand,
 * the bits of 16-bit floats, 64-bit integers, 0 and 1 for booleans, or texts.
 */
export type Table = Shape &
  (
    | { readonly coding: 'number' | 'half' | 'bool'; readonly data: ArrayLike<number> }
    | { readonly coding: 'integer'; readonly data: ArrayLike<unknown>; readonly integers: IntegerReader }
    | { readonly coding: 'text'; readonly data: ArrayLike<unknown> }
  );

const NUMBERS = new Set(['float32', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32']);

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
  for (let i = 0; i < dims.length; i++) size *= dims[i] as number;
  if (!Number.isSafeInteger(size)) return undefined;
  if (isHere(value)) {
    const { data } = value as { data?: unknown };
    if (!isArrayLike(data) || data.length !== size) return undefined;
  }
  const first = dims[0] ?? 1;
  const rows = dims.length === 1 && first === columns && columns > 1 ? 1 : first;
  return { rows, width: rows === 0 ? 0 : size / rows };
}

/**
 * A tensor as a table, or undefined where its values cannot be read here: an element type of less than a byte or without
 * numbers in JavaScript (bfloat16, int4, uint4, complex), or not on the CPU.
 */
export function tableOf(value: unknown, columns: number): Table | undefined {
  const shape = shapeOf(value, columns);
  return shape === undefined ? undefined : tableOfShape(value as TensorLike, shape);
}

/** As `tableOf`, of a tensor whose shape is known. */
export function tableOfShape(tensor: TensorLike, { rows, width }: Shape): Table | undefined {
  if (!isHere(tensor)) return undefined;
  const { type, data } = tensor;
  if (type === 'float32' || NUMBERS.has(type)) {
    return isNumeric(data) ? { rows, width, coding: 'number', data } : undefined;
  }
  if (type === 'int64' || type === 'uint64') {
    if (!types.isBigInt64Array(data) && !types.isBigUint64Array(data)) return undefined;
    return { rows, width, coding: 'integer', data, integers: new IntegerReader(data) };
  }
  if (type === 'bool') return isNumeric(data) ? { rows, width, coding: 'bool', data } : undefined;
  if (type === 'string') return { rows, width, coding: 'text', data };
  if (type !== 'float16') return undefined;
  // Raw bits where the runtime or Node has no Float16Array, else numbers.
  if (types.isUint16Array(data)) return { rows, width, coding: 'half', data };
  return isFloat16Array(data) ? { rows, width, coding: 'number', data } : undefined;
}

/** One element: a number, a BigInt beyond the doubles, a boolean or a text. */
export function valueAt(table: Table, index: number): unknown {
  switch (table.coding) {
    case 'half':
      return halves()[table.data[index] as number];
    case 'bool':
      return table.data[index] === 1;
    case 'integer':
      return table.integers.exact(index);
    default:
      return table.data[index];
  }
}

/** One element as a number, booleans as 0 and 1; NaN for a text. */
export function numberAt(table: Table, index: number): number {
  switch (table.coding) {
    case 'half':
      return halves()[table.data[index] as number] as number;
    case 'integer':
      return table.integers.near(index);
    case 'text':
      return Number.NaN;
    default:
      return table.data[index] as number;
  }
}

/** Fills `into` with elements `first`, `first + stride`, ... as numbers, booleans as 0 and 1; false for texts. */
export function copyNumbers(table: Table, first: number, stride: number, count: number, into: Float64Array): boolean {
  if (table.coding === 'text') return false;
  if (table.coding === 'integer') {
    table.integers.copy(first, stride, count, into);
    return true;
  }
  const { data } = table;
  if (table.coding === 'half') {
    const numbers = halves();
    for (let i = 0, at = first; i < count; i++, at += stride) into[i] = numbers[data[at] as number] as number;
    return true;
  }
  for (let i = 0, at = first; i < count; i++, at += stride) into[i] = data[at] as number;
  return true;
}

/** Whether the data of a tensor are in memory that can be read; where they are not, asking for them throws. */
function isHere(tensor: object): boolean {
  const { location } = tensor as { location?: unknown };
  return location === 'cpu' || location === undefined || location === 'cpu-pinned';
}

function isDims(dims: unknown): dims is readonly number[] {
  if (!Array.isArray(dims)) return false;
  for (let i = 0; i < dims.length; i++) if (!Number.isSafeInteger(dims[i]) || dims[i] < 0) return false;
  return true;
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** A typed array of numbers, of this realm or another. */
function isNumeric(data: ArrayLike<unknown>): data is ArrayLike<number> {
  return ArrayBuffer.isView(data) && (data.length === 0 || typeof (data as ArrayLike<unknown>)[0] === 'number');
}

/** Node 24 has Float16Array; `types` has no question for it. */
function isFloat16Array(data: unknown): data is ArrayLike<number> {
  return Object.prototype.toString.call(data) === '[object Float16Array]';
}
