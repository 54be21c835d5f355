/**
 * Numbers of `width` bytes each as byte planes: all first (least significant) bytes, then all second bytes and so on.
 * Neighbouring centroids share their high bytes, so a general-purpose compressor finds runs (22 % smaller in the store).
 */
const cell = new DataView(new ArrayBuffer(8));

/** Bytes of a float in planes: 4 for float32, 8 for float64. */
export type FloatWidth = 4 | 8;

/** Fills `planes` (values.length * width bytes) with floats; of width 4 they are rounded to float32. */
export function writeFloats(values: readonly number[], width: FloatWidth, planes: Uint8Array): void {
  const n = values.length;
  for (let i = 0; i < n; i++) {
    if (width === 4) cell.setFloat32(0, values[i] as number, true);
    else cell.setFloat64(0, values[i] as number, true);
    for (let p = 0; p < width; p++) planes[p * n + i] = cell.getUint8(p);
  }
}

/** The floats of `planes`, whatever they are (also NaN and infinities). */
export function readFloats(planes: Uint8Array, width: FloatWidth): number[] {
  const n = planes.length / width;
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < width; p++) cell.setUint8(p, planes[p * n + i]);
    values.push(width === 4 ? cell.getFloat32(0, true) : cell.getFloat64(0, true));
  }
  return values;
}

/** Fills `planes` (values.length * width bytes) with integers, each from 0 to 256^width - 1. */
export function writeIntegers(values: ArrayLike<number>, width: number, planes: Uint8Array): void {
  const n = values.length;
  for (let i = 0; i < n; i++) {
    let rest = values[i] as number;
    for (let p = 0; p < width; p++) {
      planes[p * n + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
}

/** The `n` integers of `planes`; exact up to 2^53. */
export function readIntegers(planes: Uint8Array, n: number, width: number): number[] {
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let value = 0;
    for (let p = width - 1; p >= 0; p--) value = value * 256 + planes[p * n + i];
    values.push(value);
  }
  return values;
}

/** Bytes needed for the largest of the integers, 0 when there are none, else 1 to 7. */
export function integerWidth(values: readonly number[]): number {
  const largest = values.reduce((most, value) => (value > most ? value : most), 0);
  let width = Math.min(values.length, 1);
  while (largest >= 256 ** width && values.length > 0) width++;
  return width;
}
