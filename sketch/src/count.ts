import { valueInvalid } from './errors.ts';

/** Largest count any sketch can hold, 2^53 - 1: up to here every integer is exact in a double. */
export const MAX_COUNT: number = Number.MAX_SAFE_INTEGER;

/** Throws SKETCH_VALUE_INVALID unless `count` is an integer from 1 to MAX_COUNT. */
export function checkCount(count: number, name: string): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw valueInvalid(`${name} must be an integer from 1 to 2^53 - 1, got ${String(count)}`);
  }
}

/** The sum of two counts. Throws SKETCH_VALUE_INVALID when it could no longer be exact. */
export function sumOfCounts(a: number, b: number): number {
  const sum = a + b;
  if (sum > MAX_COUNT) throw valueInvalid('counts add up to more than 2^53 - 1');
  return sum;
}
