const EXPONENT_BITS = 0x1f;
const FRACTION_BITS = 0x3ff;
const SIGN_BIT = 0x8000;
const SMALLEST_SUBNORMAL = 2 ** -24;
const BIAS = 15;

let table: Float32Array | undefined;

/**
 * The number of every 16-bit float (IEEE 754 binary16) by its bits, 256 KiB, made when first asked for: a look-up costs
 * about as much as Node 24's own Float16Array, which Node 20 does not have.
 */
export function halves(): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, bits) => halfOf(bits));
  return table;
}

/** The number that 16 bits mean. */
function halfOf(bits: number): number {
  const exponent = (bits >> 10) & EXPONENT_BITS;
  const fraction = bits & FRACTION_BITS;
  const sign = (bits & SIGN_BIT) === 0 ? 1 : -1;
  if (exponent === 0) return sign * fraction * SMALLEST_SUBNORMAL;
  if (exponent === EXPONENT_BITS) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - BIAS);
}
