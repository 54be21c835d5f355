import { mix } from './directions-normal.ts';
import { isNumericView } from './projections-product.ts';

/** Why a vector is not counted: its size, a component that is no number, or one that is not finite. */
export type VectorFault = 'size' | 'type' | 'nan' | 'positiveInfinity' | 'negativeInfinity';

/** Most components of one vector that go into the digest of pooled values. */
export const POOLED = 128;

const bits = new DataView(new ArrayBuffer(8));

/** Whether a value can be a vector: an array or a typed array of numbers (not of bigints), whatever is in it. */
export function isVector(value: unknown): value is ArrayLike<number> {
  try {
    return Array.isArray(value) || isNumericView(value);
  } catch {
    // A proxy that was revoked cannot even be asked what it is.
    return false;
  }
}

/**
 * What is wrong with the components of a vector, or null. Of several faults the first in this order: no number, NaN,
 * infinity, negative infinity.
 */
export function faultOfComponents(vector: ArrayLike<number>): VectorFault | null {
  let fault: VectorFault | null = null;
  for (let j = 0; j < vector.length; j++) {
    const value: unknown = vector[j];
    if (typeof value !== 'number') return 'type';
    if (value - value === 0 || fault === 'nan') continue;
    if (Number.isNaN(value)) fault = 'nan';
    else if (value > 0) fault = 'positiveInfinity';
    else fault ??= 'negativeInfinity';
  }
  return fault;
}

/** What is wrong with a vector that is to be the first, of any size from 1 to `maxSize`, or null. */
export function faultOfFirst(vector: ArrayLike<number>, maxSize: number): VectorFault | null {
  const size = vector?.length;
  return Number.isInteger(size) && size >= 1 && size <= maxSize ? faultOfComponents(vector) : 'size';
}

/** How many components of a vector of that size are pooled. */
export function pooledOf(size: number): number {
  return Math.min(size, POOLED);
}

/**
 * Fills `into` (`pooledOf(size)` long) with components of the vector: with all of them, or with one from each of POOLED
 * equal stretches, at a place drawn for it. The draw is seeded with `squares`, the sum of all squares, so it is the
 * vector's own: the same vector gives the same components in every process, order and partition, and every component is
 * as likely as any other.
 */
export function pool(vector: ArrayLike<number>, squares: number, into: Float64Array): void {
  const size = vector.length;
  if (into.length === size) {
    for (let j = 0; j < size; j++) into[j] = vector[j];
    return;
  }
  bits.setFloat64(0, squares);
  const seed = mix(bits.getInt32(0) ^ mix(bits.getInt32(4)));
  const stretch = size / into.length;
  for (let j = 0; j < into.length; j++) {
    const part = (mix(seed ^ Math.imul(j + 1, 0x9e3779b1)) >>> 0) / 2 ** 32;
    into[j] = vector[Math.min(size - 1, Math.floor((j + part) * stretch))];
  }
}
