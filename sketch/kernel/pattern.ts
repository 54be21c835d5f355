import { LEAST, PATTERNS, PENDING } from './layout';

/** The order-preserving bit pattern of a finite double that is not -0, as an unsigned integer. */
export function patternOf(value: f64): u64 {
  const bits = reinterpret<i64>(value);
  return <u64>(bits ^ ((bits >> 63) | i64.MIN_VALUE));
}

/** The double with this pattern. */
export function doubleOf(pattern: u64): f64 {
  const bits = <i64>pattern;
  return reinterpret<f64>(bits < 0 ? bits ^ i64.MIN_VALUE : ~bits);
}

/**
 * Puts the patterns of the pending values, less the smallest, into PATTERNS and the smallest into LEAST; returns how many
 * bits they have.
 */
export function takePatterns(n: i32): i64 {
  let low: u64 = u64.MAX_VALUE;
  let high: u64 = 0;
  for (let i = 0; i < n; i++) {
    const pattern = patternOf(load<f64>(PENDING + (i << 3)));
    store<u64>(PATTERNS + (i << 3), pattern);
    if (pattern < low) low = pattern;
    if (pattern > high) high = pattern;
  }
  for (let i = 0; i < n; i++) store<u64>(PATTERNS + (i << 3), load<u64>(PATTERNS + (i << 3)) - low);
  store<u64>(LEAST, low);
  return 64 - <i64>clz<u64>(high - low);
}
