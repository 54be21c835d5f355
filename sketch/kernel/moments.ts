import { MOMENTS, PENDING } from './layout';

/**
 * Writes the smallest of the `n` pending values, the largest, their mean and the sum of squares around it to MOMENTS.
 * False, and nothing of use there, where a value is not finite or a sum or the spread goes beyond the doubles.
 *
 * Four lanes of which none waits for another: lane j takes the values j, j + 4, ..., lane 0 the last n mod 4 as well.
 */
export function momentsOfPending(n: i32): bool {
  const end = PENDING + (n << 3);
  const last = PENDING + ((n & ~3) << 3);
  let sums = f64x2.splat(0);
  let others = f64x2.splat(0);
  let least = f64x2.splat(Infinity);
  let most = f64x2.splat(-Infinity);
  let at: i32 = PENDING;
  for (; at < last; at += 32) {
    const pair = v128.load(at);
    const other = v128.load(at, 16);
    sums = f64x2.add(sums, pair);
    others = f64x2.add(others, other);
    least = f64x2.pmin(least, f64x2.pmin(pair, other));
    most = f64x2.pmax(most, f64x2.pmax(pair, other));
  }
  let a = f64x2.extract_lane(sums, 0);
  let min = Math.min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  let max = Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  for (let left = at; left < end; left += 8) {
    const value = load<f64>(left);
    a += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const sum = a + f64x2.extract_lane(sums, 1) + (f64x2.extract_lane(others, 0) + f64x2.extract_lane(others, 1));
  if (sum - sum !== 0 || max - min === Infinity) return false;
  const mean = Math.min(Math.max(sum / <f64>n, min), max) + 0;
  store<f64>(MOMENTS, min);
  store<f64>(MOMENTS, max, 8);
  store<f64>(MOMENTS, mean, 16);
  store<f64>(MOMENTS, min === max ? 0 : squaresAround(mean, last, end), 24);
  return true;
}

function squaresAround(mean: f64, last: i32, end: i32): f64 {
  const means = f64x2.splat(mean);
  let sums = f64x2.splat(0);
  let others = f64x2.splat(0);
  let at: i32 = PENDING;
  for (; at < last; at += 32) {
    const pair = f64x2.sub(v128.load(at), means);
    const other = f64x2.sub(v128.load(at, 16), means);
    sums = f64x2.add(sums, f64x2.mul(pair, pair));
    others = f64x2.add(others, f64x2.mul(other, other));
  }
  let a = f64x2.extract_lane(sums, 0);
  for (; at < end; at += 8) {
    const off = load<f64>(at) - mean;
    a += off * off;
  }
  return a + f64x2.extract_lane(sums, 1) + (f64x2.extract_lane(others, 0) + f64x2.extract_lane(others, 1));
}
