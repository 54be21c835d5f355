import { type SketchError, valueInvalid } from './errors.ts';

/** A copy as doubles. */
export function doublesOf(values: ArrayLike<number>): Float64Array {
  const isTyped = ArrayBuffer.isView(values) && typeof values[0] === 'number';
  if (isTyped) return new Float64Array(values);
  if (!Number.isSafeInteger(values?.length) || values.length < 0) {
    throw valueInvalid(`a digest takes an array of numbers, got ${String(values)}`);
  }
  const doubles = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Storing in a Float64Array would silently make a number of a text.
    if (typeof value !== 'number') throw notFinite(value);
    doubles[i] = value;
  }
  return doubles;
}

/** Throws SKETCH_VALUE_INVALID at the first that is not finite. */
export function checkFinite(values: Float64Array): void {
  const n = values.length;
  for (let i = 0; i < n; i++) {
    const value = values[i];
    if (value - value !== 0) throw notFinite(value);
  }
}

/** Copies `n` values, -0 as 0. Apart from the check: a loop that may throw costs V8 more than both. */
export function copyInto(values: Float64Array, from: number, into: Float64Array, at: number, n: number): void {
  for (let i = 0; i < n; i++) into[at + i] = values[from + i] + 0;
}

/** The error for a value that is no finite number. */
export function notFinite(value: unknown): SketchError {
  return valueInvalid(`a digest takes finite numbers, got ${String(value)}`);
}
