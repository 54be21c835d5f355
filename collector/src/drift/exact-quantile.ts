/**
 * Quantile of raw values, type 7 (Hyndman and Fan 1996, numpy's default: linear between order statistics at (n-1)p).
 * `sorted` ascending; NaN for none. A digest answers the smallest value with a share of p at or below it instead, which
 * differs by one order statistic at most where the digest is exact.
 */
export function exactQuantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  // Equal neighbours must give that very value: a cut beside its atom would move the whole atom to the next bin.
  if (low === high) return low;
  const part = position - below;
  // Neighbours of opposite signs near the largest double have a difference that is none any more.
  return Number.isFinite(high - low) ? low + part * (high - low) : low * (1 - part) + high * part;
}
