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

/** Means in code: those that did not fit in full, in order. */
export type CodedMeans = {
  readonly exponent: number;
  readonly codes: readonly number[];
  readonly escapes: readonly number[];
};

/** One centroid of a row: its mean, and whether it is plain and so to be coded. */
type Row = { readonly length: number; mean(i: number): number; isPlain(i: number): boolean };

/** Codes the means of the plain centroids of `row`, which are neither first nor last. */
export function codeMeans(row: Row): CodedMeans {
  let exponent = exponentFor(widestGap(row));
  let coded = codeWith(row, exponent);
  // Rounded, the widest gap may fall below a power of two; the reader's own bytes would have the exponent below then.
  const asRead = exponentFor(coded.widest);
  if (asRead !== exponent) {
    exponent = asRead;
    coded = codeWith(row, exponent);
  }
  return { exponent, codes: coded.codes, escapes: coded.escapes };
}

function widestGap(row: Row): number {
  let widest = 0;
  for (let i = 1; i < row.length; i++) {
    const gap = row.isPlain(i) ? row.mean(i) - row.mean(i - 1) : 0;
    if (gap > widest && gap < Infinity) widest = gap;
  }
  return widest;
}

function exponentFor(widest: number): number {
  return exponentOf(widest) - EXPONENTS + 1;
}

function codeWith(row: Row, exponent: number): { codes: number[]; escapes: number[]; widest: number } {
  const codes: number[] = [];
  const escapes: number[] = [];
  let before = 0;
  let widest = 0;
  for (let i = 0; i < row.length; i++) {
    const mean = row.mean(i);
    let read = mean;
    if (row.isPlain(i)) {
      const code = codeOf(mean - before, exponent);
      read = before + gapOf(code, exponent);
      // Lost is what moves by 1/1000 of the way to a neighbour, or would be coded otherwise once it was read.
      const room = Math.min(mean - row.mean(i - 1), row.mean(i + 1) - mean) / 1000;
      const fits = code !== ESCAPE && Math.abs(read - mean) < room && codeOf(read - before, exponent) === code;
      codes.push(fits ? code : ESCAPE);
      if (!fits) {
        escapes.push(mean);
        read = mean;
      }
      if (read - before > widest && read - before < Infinity) widest = read - before;
    }
    before = read;
  }
  return { codes, escapes, widest };
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

/** The exponent e with 2^e <= x < 2^(e+1), at least -1 000; 0 for 0. */
function exponentOf(x: number): number {
  if (x === 0) return 0;
  const guess = Math.max(-1000, Math.floor(Math.log2(x)));
  if (power(guess) > x) return guess - 1;
  return power(guess + 1) <= x ? guess + 1 : guess;
}
