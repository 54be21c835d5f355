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

// 2^-1074 to 2^1024, which is Infinity: powers are asked for several times a mean, and `**` takes as long as all the rest.
const POWERS = Float64Array.from({ length: 2099 }, (_, i) => 2 ** (i - 1074));

function power(exponent: number): number {
  return POWERS[exponent + 1074];
}

/** Whether any mean is written as `code`. */
export function isCode(code: number): boolean {
  return code === ESCAPE || code < EXPONENTS * MANTISSAS;
}

/** Means in code: those that did not fit in full, in order. Both stand in memory that the next call uses again. */
export type CodedMeans = {
  readonly exponent: number;
  readonly codes: Uint16Array;
  readonly escapes: Float64Array;
};

const codes = new Uint16Array(MAX_CENTROIDS);
const escapes = new Float64Array(MAX_CENTROIDS);
/** How many of each the last pass has made, and the widest gap it will be read with. */
const pass = { codes: 0, escapes: 0, widest: 0 };

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
  return { exponent, codes: codes.subarray(0, pass.codes), escapes: escapes.subarray(0, pass.escapes) };
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
  pass.codes = coded;
  pass.escapes = escaped;
  pass.widest = widest;
}

/** The mean behind `code` where `before` was read before it; for ESCAPE it is not defined. */
export function decodeMean(code: number, exponent: number, before: number): number {
  return before + gapOf(code, exponent);
}

function codeOf(gap: number, exponent: number): number {
  if (!(gap > 0 && gap < Infinity)) return ESCAPE;
  const own = exponentOf(gap);
  if (own < exponent || own >= exponent + EXPONENTS) return ESCAPE;
  // Rounding up to the next power of two would need another exponent, perhaps one too many.
  const mantissa = Math.min(Math.round((gap / power(own) - 1) * MANTISSAS), MANTISSAS - 1);
  // Smaller than any exponent.
  if (mantissa < 0) return ESCAPE;
  return (own - exponent) * MANTISSAS + mantissa;
}

function gapOf(code: number, exponent: number): number {
  const mantissa = code % MANTISSAS;
  return (1 + mantissa / MANTISSAS) * power(exponent + (code - mantissa) / MANTISSAS);
}

const bits = new DataView(new ArrayBuffer(8));

/** The exponent e with 2^e <= x < 2^(e+1), at least -1 001; 0 for 0. It stands in the double's own bits. */
function exponentOf(x: number): number {
  if (x === 0) return 0;
  if (x < 2 ** -1000) return -1001;
  bits.setFloat64(0, x);
  return (bits.getUint16(0) >> 4) - 1023;
}
