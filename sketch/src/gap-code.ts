import { cellDouble, cellWords, HIGH, LOW } from './byte-cell.ts';
import type { CentroidList } from './centroid-list.ts';
import { MAX_CENTROIDS } from './size-rule.ts';

/*
 * The means of plain centroids as 16 bits each: the gap to the centroid before as a small float with 6 bits of exponent
 * above a common one and 10 of mantissa, so within 1/2048 of itself. A mean is rounded from what the reader will have
 * read before it, so errors do not add up. Code 0xffff stands for a mean that does not fit and is written in full.
 */
const MANTISSAS = 1024;
const EXPONENTS = 63;
/** The code of a mean that is written in full. */
export const ESCAPE = 0xffff;
/** The smallest and largest common exponent there can be. */
export const [LEAST_EXPONENT, MOST_EXPONENT] = [-1001 - EXPONENTS + 1, 1023 - EXPONENTS + 1] as const;

/** Whether any mean is written as `code`. */
export function isCode(code: number): boolean {
  return code === ESCAPE || code < EXPONENTS * MANTISSAS;
}

/** Means in code, and the first `escapeCount` of those that are in full, in order; in memory that the next call uses again. */
export type CodedMeans = {
  readonly exponent: number;
  readonly codes: Uint16Array;
  readonly escapes: Float64Array;
  readonly escapeCount: number;
};

const codes = new Uint16Array(MAX_CENTROIDS);
const escapes = new Float64Array(MAX_CENTROIDS);
/** How many means the last pass has left in full, and the widest gap that will be read. */
const pass = { escapes: 0, widest: 0 };

/** Codes the means of the plain centroids of `list`, which are neither first nor last. */
export function codeMeans(list: CentroidList): CodedMeans {
  let exponent = exponentFor(widestGap(list));
  codeWith(list, exponent);
  // Rounded, the widest gap may fall below a power of two; the reader's own bytes would have the exponent below then.
  const asRead = exponentFor(pass.widest);
  if (asRead !== exponent) {
    exponent = asRead;
    codeWith(list, exponent);
  }
  return { exponent, codes, escapes, escapeCount: pass.escapes };
}

function widestGap({ pairs, length }: CentroidList): number {
  let widest = 0;
  for (let i = 1; i < length; i++) {
    const gap = pairs[2 * i + 1] > 0 ? pairs[2 * i] - pairs[2 * i - 2] : 0;
    if (gap > widest && gap < Infinity) widest = gap;
  }
  return widest;
}

function exponentFor(widest: number): number {
  return exponentOf(widest) - EXPONENTS + 1;
}

function codeWith({ pairs, length }: CentroidList, exponent: number): void {
  let [coded, escaped, widest, before] = [0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const mean = pairs[2 * i];
    let read = mean;
    if (pairs[2 * i + 1] > 0) {
      const code = codeOf(mean - before, exponent);
      read = before + gapOf(code, exponent);
      // Lost is what moves by 1/1000 of the way to a neighbour, or would be coded otherwise once it was read.
      const room = Math.min(mean - pairs[2 * i - 2], pairs[2 * i + 2] - mean) / 1000;
      const fits = code !== ESCAPE && Math.abs(read - mean) < room && codeOf(read - before, exponent) === code;
      codes[coded++] = fits ? code : ESCAPE;
      if (!fits) {
        escapes[escaped++] = mean;
        read = mean;
      }
      if (read - before > widest && read - before < Infinity) widest = read - before;
    }
    before = read;
  }
  pass.escapes = escaped;
  pass.widest = widest;
}

/** The mean behind `code` where `before` was read before it; for ESCAPE it is not defined. */
export function decodeMean(code: number, exponent: number, before: number): number {
  return before + gapOf(code, exponent);
}

/** Of normal doubles the code stands in their own bits: 6 of exponent above the common one, and the 10 first of mantissa. */
const BIAS = 1023;
const HIGH_MANTISSA = 0xfffff;
const LEAST_NORMAL = 2 ** -1000;

function codeOf(gap: number, exponent: number): number {
  if (!(gap > 0 && gap < Infinity)) return ESCAPE;
  if (gap < LEAST_NORMAL) return codeOfTiny(gap, exponent);
  cellDouble[0] = gap;
  const high = cellWords[HIGH];
  const own = (high >>> 20) - BIAS - exponent;
  if (own < 0 || own >= EXPONENTS) return ESCAPE;
  // Rounding up to the next power of two would need another exponent, perhaps one too many.
  const mantissa = Math.min(((high & HIGH_MANTISSA) + 512) >> 10, MANTISSAS - 1);
  return own * MANTISSAS + mantissa;
}

/** All of them have one exponent, below that of every other gap. */
function codeOfTiny(gap: number, exponent: number): number {
  const own = -1001;
  if (own < exponent || own >= exponent + EXPONENTS) return ESCAPE;
  const mantissa = Math.min(Math.round((gap / 2 ** own - 1) * MANTISSAS), MANTISSAS - 1);
  // Smaller than any exponent.
  if (mantissa < 0) return ESCAPE;
  return (own - exponent) * MANTISSAS + mantissa;
}

function gapOf(code: number, exponent: number): number {
  const own = exponent + (code >> 10);
  if (own < -1022 || own > BIAS) return (1 + (code % MANTISSAS) / MANTISSAS) * 2 ** own;
  cellWords[LOW] = 0;
  cellWords[HIGH] = ((own + BIAS) << 20) | ((code & (MANTISSAS - 1)) << 10);
  return cellDouble[0];
}

/** The exponent e with 2^e <= x < 2^(e+1), at least -1 001; 0 for 0. It stands in the double's own bits. */
function exponentOf(x: number): number {
  if (x === 0) return 0;
  if (x < LEAST_NORMAL) return -1001;
  cellDouble[0] = x;
  return (cellWords[HIGH] >>> 20) - BIAS;
}
