import { doubleOf, patternOf } from './pattern';

/** From this ratio on, two values of one sign are averaged by their bit patterns. */
const WIDE_RATIO: f64 = 16;

/**
 * Whether a (the smaller) and b are of one sign and so many times apart that their arithmetic mean would lie next to the
 * larger one. Folding again and again by such means would carry mass upwards without end (10 % of rank on values spread
 * evenly over 600 decades); the mean of the bit patterns, close to the geometric mean, stays in the middle.
 */
function isWide(a: f64, b: f64): bool {
  return a > 0 ? b > WIDE_RATIO * a : b < 0 && a < WIDE_RATIO * b;
}

/** The centre of the ascending values in [from, to), which differ; within them whatever the rounding. */
export function centreOfValues(from: i32, to: i32): f64 {
  const first = load<f64>(from);
  const last = load<f64>(to - 8);
  const n = <f64>((to - from) >> 3);
  let centre: f64;
  if (isWide(first, last)) {
    let sum: f64 = 0;
    for (let at = from; at < to; at += 8) sum += <f64>patternOf(load<f64>(at));
    centre = doubleBetween(first, last, sum / n);
  } else {
    let pair = f64x2.splat(0);
    let at = from;
    for (; at + 8 < to; at += 16) pair = f64x2.add(pair, v128.load(at));
    let sum = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
    if (at < to) sum += load<f64>(at);
    centre = sum / n;
    if (!(centre - centre === 0)) {
      centre = 0;
      for (at = from; at < to; at += 8) centre += load<f64>(at) / n;
    }
  }
  if (centre < first) centre = first;
  if (centre > last) centre = last;
  return centre + 0;
}

/** The centre of the pairs in [from, to), ascending by mean, of weight `weight` together. */
export function centreOfPairs(from: i32, to: i32, weight: f64): f64 {
  const first = load<f64>(from);
  const last = load<f64>(to - 16);
  let sum: f64 = 0;
  let centre: f64;
  if (isWide(first, last)) {
    for (let at = from; at < to; at += 16) sum += <f64>patternOf(load<f64>(at)) * (abs(load<f64>(at, 8)) / weight);
    centre = doubleBetween(first, last, sum);
  } else {
    // From the first mean on: loses no digits to an offset.
    for (let at = from + 16; at < to; at += 16) sum += (load<f64>(at) - first) * abs(load<f64>(at, 8));
    centre = first + sum / weight;
    if (!(centre - centre === 0)) {
      centre = 0;
      for (let at = from; at < to; at += 16) centre += load<f64>(at) * (abs(load<f64>(at, 8)) / weight);
    }
  }
  if (centre < first) centre = first;
  if (centre > last) centre = last;
  return centre + 0;
}

/** The double with that pattern, or the end it is beyond: rounding may carry a sum past the patterns of finite numbers. */
function doubleBetween(first: f64, last: f64, pattern: f64): f64 {
  if (pattern <= <f64>patternOf(first)) return first;
  if (pattern >= <f64>patternOf(last)) return last;
  return doubleOf(<u64>pattern);
}
