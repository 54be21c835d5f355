/** From this ratio on, two values of one sign are averaged by their logarithms. */
const WIDE_RATIO = 16;

/**
 * Whether a (the smaller) and b are of one sign and so many times apart that their arithmetic mean would lie next to
 * the larger one. Folding again and again by such means would carry mass upwards without end (10 % of rank on values
 * spread evenly over 600 decades); the geometric mean stays in the middle.
 */
export function isWide(a: number, b: number): boolean {
  return a > 0 ? b > WIDE_RATIO * a : b < 0 && a < WIDE_RATIO * b;
}

/** The geometric mean of values[start..end), all of one sign and none 0. */
export function geometricMean(values: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.log(Math.abs(values[i]));
  return Math.sign(values[start]) * Math.exp(sum / (end - start));
}

/** The point `share` of the way from a to b on a logarithmic scale; both of one sign and not 0. */
export function geometricBetween(a: number, b: number, share: number): number {
  const log = Math.log(Math.abs(a)) * (1 - share) + Math.log(Math.abs(b)) * share;
  return Math.sign(a) * Math.exp(log);
}
