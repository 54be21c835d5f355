import { cellDouble, cellFloat, cellWords, HIGH, LOW } from './byte-cell.ts';

/*
 * Numbers of `width` bytes each as byte planes: all first (least significant) bytes, then all second bytes and so on.
 * Neighbouring centroids share their high bytes, so a general-purpose compressor finds runs (22 % smaller in the store).
 */

/** Bytes of a float in planes: 4 for float32, 8 for float64. */
export type FloatWidth = 4 | 8;

/** Fills `bytes` from `at` on (n * width bytes) with the first `n` of `values`; of width 4 they are rounded to float32. */
export function writeFloats(
  values: ArrayLike<number>,
  n: number,
  width: FloatWidth,
  bytes: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < n; i++) {
    if (width === 4) {
      cellFloat[0] = values[i] as number;
      writeWord(cellWords[0], n, bytes, at + i);
    } else {
      cellDouble[0] = values[i] as number;
      writeWord(cellWords[LOW], n, bytes, at + i);
      writeWord(cellWords[HIGH], n, bytes, at + i + 4 * n);
    }
  }
}

function writeWord(word: number, n: number, bytes: Uint8Array, at: number): void {
  bytes[at] = word;
  bytes[at + n] = word >>> 8;
  bytes[at + 2 * n] = word >>> 16;
  bytes[at + 3 * n] = word >>> 24;
}

/** Fills `into` with the `n` floats that stand in `bytes` from `at` on, whatever they are (also NaN and infinities). */
export function readFloats(bytes: Uint8Array, at: number, n: number, width: FloatWidth, into: Float64Array): void {
  for (let i = 0; i < n; i++) {
    if (width === 4) {
      cellWords[0] = readWord(bytes, at + i, n);
      into[i] = cellFloat[0];
    } else {
      cellWords[LOW] = readWord(bytes, at + i, n);
      cellWords[HIGH] = readWord(bytes, at + i + 4 * n, n);
      into[i] = cellDouble[0];
    }
  }
}

function readWord(bytes: Uint8Array, at: number, n: number): number {
  return bytes[at] | (bytes[at + n] << 8) | (bytes[at + 2 * n] << 16) | (bytes[at + 3 * n] << 24);
}

/** Fills `bytes` from `at` on (n * width bytes) with the first `n` of `values`, each from 0 to 256^width - 1. */
export function writeIntegers(
  values: ArrayLike<number>,
  n: number,
  width: number,
  bytes: Uint8Array,
  at: number,
): void {
  if (width < 4) {
    // Shifts are several times as fast as divisions, and good for 31 bits.
    for (let p = 0; p < width; p++) {
      for (let i = 0; i < n; i++) bytes[at++] = (values[i] as number) >> (8 * p);
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    let rest = values[i] as number;
    for (let p = 0, to = at + i; p < width; p++, to += n) {
      bytes[to] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
}

/** Fills `into` with the `n` integers of `width` bytes that stand in `bytes` from `at` on; exact up to 2^53. */
export function readIntegers(
  bytes: Uint8Array,
  at: number,
  n: number,
  width: number,
  into: Float64Array | Uint16Array,
): void {
  if (width === 1) for (let i = 0; i < n; i++) into[i] = bytes[at + i];
  else if (width === 2) for (let i = 0; i < n; i++) into[i] = bytes[at + i] | (bytes[at + n + i] << 8);
  else {
    for (let i = 0; i < n; i++) {
      let value = 0;
      for (let p = width - 1; p >= 0; p--) value = value * 256 + bytes[at + p * n + i];
      into[i] = value;
    }
  }
}

/** Bytes needed for integers up to `largest`, 0 when there are none, else 1 to 7. */
export function integerWidth(count: number, largest: number): number {
  if (count === 0) return 0;
  let width = 1;
  for (let beyond = 256; largest >= beyond; beyond *= 256) width++;
  return width;
}
