/*
 * Standard normal numbers that are the same on every machine and engine for the same (seed, row, column), in any order:
 * integer hashing and IEEE arithmetic only, since the last digits of Math.log and Math.cos are left to the engine.
 */

/** Fills `row` with independent standard normal numbers: number `j` depends on `seed`, `index` and `j` alone. */
export function fillNormals(row: Float64Array, seed: number, index: number): void {
  // Two words of key for each row, so that two rows hardly ever run through the same hashes.
  const first = mix(mix(seed ^ 0x3c6ef372) ^ Math.imul(index + 1, 0x9e3779b1));
  const second = mix(first ^ 0x1b873593);
  for (let j = 0; j < row.length; j++) {
    const word = mix(mix(first ^ Math.imul(j + 1, 0x85ebca77)) ^ second);
    row[j] = normalQuantile(((word >>> 0) + 0.5) / 2 ** 32);
  }
}

/** Scrambles 32 bits so that each bit of the word sways each of the answer: the finaliser of MurmurHash3 (Appleby 2011). */
export function mix(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The standard normal quantile of 0 < p < 1, to 7 digits, which is what a float32 holds: PPND7 of Wichura (1988),
 * algorithm AS 241, Applied Statistics 37.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const up = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    return (q * up) / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const r = Math.sqrt(-logarithm(q < 0 ? p : 1 - p));
  const x = r <= 5 ? outerQuantile(r - 1.6) : farQuantile(r - 5);
  return q < 0 ? -x : x;
}

function outerQuantile(r: number): number {
  const up = ((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777;
  return up / ((0.12021132975 * r + 0.7370016425) * r + 1);
}

function farQuantile(r: number): number {
  const up = ((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115;
  return up / ((0.012258202635 * r + 0.24197894225) * r + 1);
}

/** 1, 1/3, 1/5, ..., 1/19: a series up to here is exact to 1e-16 within the mantissas below. */
const SERIES = Float64Array.from({ length: 10 }, (_, i) => 1 / (2 * i + 1));

/** The natural logarithm of 0 < x <= 1, by ln m = 2 artanh((m - 1) / (m + 1)) of its mantissa, to about 1e-15. */
function logarithm(x: number): number {
  let m = x;
  let exponent = 0;
  for (; m < Math.SQRT1_2; m *= 2) exponent--;
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum = 0;
  for (let i = SERIES.length - 1; i >= 0; i--) sum = sum * square + SERIES[i];
  return exponent * Math.LN2 + 2 * s * sum;
}
