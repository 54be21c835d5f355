/**
 * Numbers of `width` bytes each as byte planes: all first (least significant) bytes, then all second bytes and so on.
 * Neighbouring centroids share their high bytes, so a general-purpose compressor finds runs (22 % smaller in the store).
 */
const cell = new DataView(new ArrayBuffer(8));
const cellBytes = new Uint8Array(cell.buffer);

/** Bytes of a float in planes: 4 for float32, 8 for float64. */
export type FloatWidth = 4 | 8;

/** Fills `planes` (n * width bytes) with the first `n` of `values`; of width 4 they are rounded to float32. */
export function writeFloats(values: ArrayLike<number>, n: number, width: FloatWidth, planes: Uint8Array): void {
  for (let i = 0; i < n; i++) {
    if (width === 4) cell.setFloat32(0, values[i] as number, true);
    else cell.setFloat64(0, values[i] as number, true);
    for (let p = 0, at = i; p < width; p++, at += n) planes[at] = cellBytes[p] as number;
  }
}

/** Fills `into` with the floats of `planes` and returns it, whatever they are (also NaN and infinities). */
export function readFloats(planes: Uint8Array, width: FloatWidth, into: Float64Array): Float64Array {
  const n = planes.length / width;
  for (let i = 0; i < n; i++) {
    for (let p = 0, at = i; p < width; p++, at += n) cellBytes[p] = planes[at] as number;
    into[i] = width === 4 ? cell.getFloat32(0, true) : cell.getFloat64(0, true);
  }
  return into;
}

/** Fills `planes` (n * width bytes) with the first `n` of `values`, each from 0 to 256^width - 1. */
export function writeIntegers(values: ArrayLike<number>, n: number, width: number, planes: Uint8Array): void {
  if (width < 4) {
    // Shifts are several times as fast as divisions, and good for 31 bits.
    for (let p = 0, at = 0; p < width; p++) {
      for (let i = 0; i < n; i++) planes[at++] = (values[i] as number) >> (8 * p);
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    let rest = values[i] as number;
    for (let p = 0, at = i; p < width; p++, at += n) {
      planes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
}

/** Fills `into` with the `n` integers of `planes` and returns it; exact up to 2^53. */
export function readIntegers<Into extends Float64Array | Uint16Array>(
  planes: Uint8Array,
  n: number,
  width: number,
  into: Into,
): Into {
  for (let i = 0; i < n; i++) {
    let value = 0;
    for (let at = (width - 1) * n + i; at >= 0; at -= n) value = value * 256 + (planes[at] as number);
    into[i] = value;
  }
  return into;
}

/** Bytes needed for integers up to `largest`, 0 when there are none, else 1 to 7. */
export function integerWidth(count: number, largest: number): number {
  if (count === 0) return 0;
  let width = 1;
  for (let beyond = 256; largest >= beyond; beyond *= 256) width++;
  return width;
}
