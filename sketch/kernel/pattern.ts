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
