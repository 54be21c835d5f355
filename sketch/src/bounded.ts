/** The point `share` of the way from a to b, never beyond either, also where their difference overflows. */
export function weighted(a: number, b: number, share: number): number {
  const step = b - a;
  const mean = step - step === 0 ? a + step * share : a * (1 - share) + b * share;
  // + 0: the mean of values around zero must not become -0.
  return (a < b ? Math.min(Math.max(mean, a), b) : Math.min(Math.max(mean, b), a)) + 0;
}

/** A sum that stops at the largest double, in either direction, instead of overflowing; NaN, of what overflowed on the way, is the largest. */
export function bounded(sum: number): number {
  if (sum < Number.MAX_VALUE) return sum > -Number.MAX_VALUE ? sum : -Number.MAX_VALUE;
  return Number.MAX_VALUE;
}
