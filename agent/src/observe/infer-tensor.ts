import type { TensorLike } from '../record/tensor.ts';

/**
 * A tensor as the Open Inference Protocol writes it in JSON: `data` in row-major order, flat or nested.
 * See the protocol's "Tensor Data": github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md.
 */
export type InferTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data?: unknown;
  readonly parameters?: unknown;
};

/** A tensor whose place among the others and rows are known, but not its values. */
export type UnreadTensor = { readonly type: string; readonly dims: readonly number[]; readonly location: string };

type Fill = (size: number) => { readonly data: ArrayLike<unknown>; put(index: number, value: unknown): boolean };

const integers = (make: (size: number) => { [index: number]: number; readonly length: number }): Fill => {
  return (size) => {
    const data = make(size);
    return {
      data,
      put: (index, value) => {
        if (!Number.isInteger(value)) return false;
        data[index] = value as number;
        return true;
      },
    };
  };
};

const bigIntegers = (make: (size: number) => { [index: number]: bigint; readonly length: number }): Fill => {
  return (size) => {
    const data = make(size);
    return {
      data,
      put: (index, value) => {
        // Parsed JSON holds numbers; what was beyond 2^53 was rounded before it came here.
        if (typeof value !== 'bigint' && !Number.isInteger(value)) return false;
        data[index] = BigInt(value as number | bigint);
        return true;
      },
    };
  };
};

const floats = (make: (size: number) => Float32Array | Float64Array): Fill => {
  return (size) => {
    const data = make(size);
    return {
      data,
      put: (index, value) => {
        // JSON has no word for NaN; servers write null.
        if (typeof value !== 'number' && value !== null) return false;
        data[index] = value ?? Number.NaN;
        return true;
      },
    };
  };
};

const booleans: Fill = (size) => {
  const data = new Uint8Array(size);
  return {
    data,
    put: (index, value) => {
      if (typeof value !== 'boolean' && value !== 0 && value !== 1) return false;
      data[index] = Number(value);
      return true;
    },
  };
};

const texts: Fill = (size) => {
  const data = new Array<string>(size).fill('');
  return {
    data,
    put: (index, value) => {
      if (typeof value !== 'string') return false;
      data[index] = value;
      return true;
    },
  };
};

/** The protocol's datatypes, and the element types of the same kind. Numbers of 16 bits arrive as text, not as bits. */
const DATATYPES: Readonly<Record<string, { readonly type: string; readonly fill: Fill }>> = Object.assign(
  Object.create(null),
  {
    BOOL: { type: 'bool', fill: booleans },
    UINT8: { type: 'uint8', fill: integers((size) => new Uint8Array(size)) },
    UINT16: { type: 'uint16', fill: integers((size) => new Uint16Array(size)) },
    UINT32: { type: 'uint32', fill: integers((size) => new Uint32Array(size)) },
    UINT64: { type: 'uint64', fill: bigIntegers((size) => new BigUint64Array(size)) },
    INT8: { type: 'int8', fill: integers((size) => new Int8Array(size)) },
    INT16: { type: 'int16', fill: integers((size) => new Int16Array(size)) },
    INT32: { type: 'int32', fill: integers((size) => new Int32Array(size)) },
    INT64: { type: 'int64', fill: bigIntegers((size) => new BigInt64Array(size)) },
    FP16: { type: 'float32', fill: floats((size) => new Float32Array(size)) },
    FP32: { type: 'float32', fill: floats((size) => new Float32Array(size)) },
    FP64: { type: 'float64', fill: floats((size) => new Float64Array(size)) },
    BYTES: { type: 'string', fill: texts },
  },
);

/** More elements than a JSON body within our limit can hold; a shape that claims more is not believed. */
const MAX_ELEMENTS = 16 * 1024 * 1024;

/**
 * A copy of the tensor in the form that recording takes. Its rows stay known where its values cannot be read: where
 * they travel as binary data beside the JSON, are of another type, or are not as many as the shape says.
 */
export function readTensor(given: InferTensor): TensorLike | UnreadTensor {
  const read = DATATYPES[given.datatype];
  const size = sizeOf(given.shape);
  if (read === undefined || size === undefined || !Array.isArray(given.data)) return unreadTensor(given);
  const { data, put } = read.fill(size);
  let next = 0;
  const copy = (list: readonly unknown[], depth: number): boolean => {
    for (const value of list) {
      if (Array.isArray(value)) {
        if (depth === given.shape.length || !copy(value, depth + 1)) return false;
      } else if (next === size || !put(next++, value)) return false;
    }
    return true;
  };
  if (!copy(given.data, 1) || next !== size) return unreadTensor(given);
  return { type: read.type, dims: [...given.shape], data };
}

/** The rows of a tensor without its values. */
export function unreadTensor({ datatype, shape }: InferTensor): UnreadTensor {
  return { type: String(datatype), dims: Array.isArray(shape) ? [...shape] : [], location: 'elsewhere' };
}

function sizeOf(shape: unknown): number | undefined {
  if (!Array.isArray(shape)) return undefined;
  let size = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) return undefined;
    size *= dim;
  }
  return size <= MAX_ELEMENTS ? size : undefined;
}
