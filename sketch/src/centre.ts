/** From this ratio on, two values of one sign are averaged by their bit patterns. */
const WIDE_RATIO = 16;

/**
 * Whether a (the smaller) and b are of one sign and so many times apart that their arithmetic mean would lie next to the
 * larger one. Folding again and again by such means would carry mass upwards without end (10 % of rank on values spread
 * evenly over 600 decades); the mean of the bit patterns, close to the geometric mean, stays in the middle.
 */
function isWide(a: number, b: number): boolean {
  return a > 0 ? b > WIDE_RATIO * a : b < 0 && a < WIDE_RATIO * b;
}

/** The centre of ascending values that are not all the same; within them whatever the rounding. */
export function centreOfValues(values: Float64Array): number {
  const n = values.length;
  const first = values[0] as number;
  const last = values[n - 1] as number;
  let centre = 0;
  if (isWide(first, last)) {
    let sum = 0;
    for (const value of values) sum += patternOf(value);
    centre = doubleBetween(first, last, sum / n);
  } else {
    // Two sums, as the vector unit keeps them.
    let even = 0;
    let odd = 0;
    for (let i = 0; i + 1 < n; i += 2) {
      even += values[i] as number;
      odd += values[i + 1] as number;
    }
    centre = (n % 2 === 0 ? even + odd : even + odd + last) / n;
    if (!Number.isFinite(centre)) {
      centre = 0;
      for (const value of values) centre += value / n;
    }
  }
  return within(centre, first, last);
}

/** The centre of pairs (mean, weight), ascending by mean, of weight `weight` together. */
export function centreOfPairs(pairs: Float64Array, weight: number): number {
  const n = pairs.length;
  const first = pairs[0] as number;
  const last = pairs[n - 2] as number;
  let centre = 0;
  if (isWide(first, last)) {
    for (let i = 0; i < n; i += 2)
      centre += patternOf(pairs[i] as number) * (Math.abs(pairs[i + 1] as number) / weight);
    centre = doubleBetween(first, last, centre);
  } else {
    // From the first mean on: loses no digits to an offset.
    let sum = 0;
    for (let i = 2; i < n; i += 2) sum += ((pairs[i] as number) - first) * Math.abs(pairs[i + 1] as number);
    centre = first + sum / weight;
    if (!Number.isFinite(centre)) {
      centre = 0;
      for (let i = 0; i < n; i += 2) centre += (pairs[i] as number) * (Math.abs(pairs[i + 1] as number) / weight);
    }
  }
  return within(centre, first, last);
}

function within(centre: number, first: number, last: number): number {
  // + 0: the mean of values around zero must not become -0.
  return Math.min(Math.max(centre, first), last) + 0;
}

const cell = new DataView(new ArrayBuffer(8));

/** The order-preserving bit pattern of a finite double that is not -0, rounded to a double. */
function patternOf(value: number): number {
  cell.setFloat64(0, value);
  const high = cell.getUint32(0);
  const low = cell.getUint32(4);
  // All bits of negatives are flipped, the sign bit of the others.
  return value < 0 ? (~high >>> 0) * 2 ** 32 + (~low >>> 0) : ((high ^ 0x80000000) >>> 0) * 2 ** 32 + low;
}

/** The double with that pattern, or the end it is beyond: rounding may carry a sum past the patterns of finite numbers. */
function doubleBetween(first: number, last: number, pattern: number): number {
  if (pattern <= patternOf(first)) return first;
  if (pattern >= patternOf(last)) return last;
  const high = Math.floor(pattern / 2 ** 32);
  const low = pattern - high * 2 ** 32;
  const isNegative = high < 2 ** 31;
  cell.setUint32(0, isNegative ? ~high : high ^ 0x80000000);
  cell.setUint32(4, isNegative ? ~low : low);
  return cell.getFloat64(0);
}
