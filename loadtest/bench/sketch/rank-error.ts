/** 1/2000, 2/2000 … 1999/2000. */
export const KS_SHARES: readonly number[] = Array.from({ length: 1999 }, (_, i) => (i + 1) / 2000);

/** How far the share q is from the true shares [F(x-), F(x)] of x in ascending values; 1 if x is no number. */
export function rankError(sorted: Float64Array, q: number, x: number): number {
  if (typeof x !== 'number' || Number.isNaN(x)) return 1;
  const below = firstAtLeast(sorted, x) / sorted.length;
  const atOrBelow = firstAbove(sorted, x) / sorted.length;
  return Math.max(0, below - q, q - atOrBelow);
}

/** The largest rank error of the answers to KS_SHARES. */
export function ksError(sorted: Float64Array, answers: readonly number[]): number {
  if (answers.length !== KS_SHARES.length)
    throw new Error(`expected ${KS_SHARES.length} answers, got ${answers.length}`);
  let worst = 0;
  for (const [i, q] of KS_SHARES.entries()) worst = Math.max(worst, rankError(sorted, q, answers[i]!));
  return worst;
}

function firstAtLeast(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! >= x) high = middle;
    else low = middle + 1;
  }
  return low;
}

function firstAbove(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
