import { MAX_COUNT } from './count.ts';
import { type SketchError, valueInvalid } from './errors.ts';
import { CHUNK } from './size-rule.ts';

/** Throws SKETCH_VALUE_INVALID unless 0 <= q <= 1. */
export function checkShare(q: number): void {
  if (!(q >= 0 && q <= 1)) throw valueInvalid(`a quantile is asked for a share from 0 to 1, got ${String(q)}`);
}

/** Throws SKETCH_VALUE_INVALID unless 0 <= low < high <= 1. */
export function checkShares(low: number, high: number): void {
  if (low >= 0 && low < high && high <= 1) return;
  throw valueInvalid(`a mean is trimmed to shares 0 <= low < high <= 1, got ${String(low)} and ${String(high)}`);
}

/** What a digest says when no more single values go into it. */
export function full(): SketchError {
  return valueInvalid(`the digest is full: it counts single values up to ${MAX_COUNT - CHUNK}`);
}
