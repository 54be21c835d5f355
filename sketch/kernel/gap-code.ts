import { CODES, ESCAPES } from './layout';

/** The code of a mean that is written in full. */
export const ESCAPE: i32 = 0xffff;
const EXPONENTS: i32 = 63;
/** Codes of means are below, but for ESCAPE. */
export const CODE_LIMIT: i32 = EXPONENTS << 10;
/** The smallest and largest common exponent there can be. */
export const LEAST_EXPONENT: i32 = -1001 - EXPONENTS + 1;
export const MOST_EXPONENT: i32 = 1023 - EXPONENTS + 1;
const LEAST_NORMAL: f64 = reinterpret<f64>((<u64>(1023 - 1000)) << 52);
const TINY_EXPONENT: i32 = -1001;
const TINY: f64 = reinterpret<f64>((<u64>(1023 - 1001)) << 52);

/** How many means the last pass has left in full, and the widest gap that will be read. */
export let escaped: i32 = 0;
let widest: f64 = 0;

/** Codes the means of the plain ones of the `n` centroids at `list` into CODES and ESCAPES; returns their exponent. */
export function codeMeans(list: i32, n: i32): i32 {
  const exponent = exponentFor(widestGap(list, n));
  codeWith(list, n, exponent);
  const asRead = exponentFor(widest);
  if (asRead !== exponent) codeWith(list, n, asRead);
  return asRead;
}

/** Codes below are of gaps that `gapOf` knows; they are all where the exponent is that of normal doubles. */
export function commonLimit(exponent: i32): i32 {
  return exponent >= -1022 ? CODE_LIMIT : 0;
}

/** The gap behind a code below `commonLimit`: the code stands in the double's own bits. */
export function gapOf(code: i32, exponent: i32): f64 {
  return reinterpret<f64>((((<u64>(exponent + 1023)) << 10) + <u64>code) << CUT_BITS);
}

/** The same for any code that is none of ESCAPE. */
export function gapOfAny(code: i32, exponent: i32): f64 {
  const own = exponent + (code >> 10);
  const power = own < -1022 ? reinterpret<f64>((<u64>1) << (own + 1074)) : reinterpret<f64>((<u64>(own + 1023)) << 52);
  return (1 + <f64>(code & 1023) / 1024) * power;
}

function widestGap(list: i32, n: i32): f64 {
  let gap: f64 = 0;
  const end = list + (n << 4);
  for (let at = list + 16; at < end; at += 16) {
    if (load<f64>(at, 8) < 0) continue;
    const own = load<f64>(at) - load<f64>(at - 16);
    if (own > gap && own < Infinity) gap = own;
  }
  return gap;
}

function codeWith(list: i32, n: i32, exponent: i32): void {
  let nextCode: i32 = CODES;
  let nextEscape: i32 = ESCAPES;
  let most: f64 = 0;
  let before: f64 = 0;
  const end = list + (n << 4);
  for (let at = list; at < end; at += 16) {
    const mean = load<f64>(at);
    if (load<f64>(at, 8) < 0) {
      before = mean;
      continue;
    }
    const gap = reinterpret<u64>(mean - before);
    let near = rounded(gap);
    if (!isCommon(gap, near)) near = nearest(gap);
    // The next mean waits for what will be read of this one; its code is found on the way.
    let read = before + reinterpret<f64>(near);
    let code = codeOf(near, exponent);
    const room = min<f64>(mean - load<f64>(at - 16), load<f64>(at, 16) - mean) / 1000;
    const again = reinterpret<u64>(read - before);
    const isStable = rounded(again) === near && isCommon(again, near);
    if (code === ESCAPE || !(abs(read - mean) < room) || !(isStable || nearest(again) === near)) {
      code = ESCAPE;
      store<f64>(nextEscape, mean);
      nextEscape += 8;
      read = mean;
    }
    store<u64>(nextCode, code);
    nextCode += 8;
    const readGap = read - before;
    if (readGap > most && readGap < Infinity) most = readGap;
    before = read;
  }
  escaped = (nextEscape - ESCAPES) >> 3;
  widest = most;
}

/** What of a double's 52 bits of mantissa no code has. */
const CUT_BITS: u64 = 42;
const STEP: u64 = 1 << CUT_BITS;
const MANTISSA: u64 = (1 << 52) - 1;
const LEAST_NORMAL_BITS: u64 = reinterpret<u64>(LEAST_NORMAL);
const INFINITY_BITS: u64 = reinterpret<u64>(Infinity);

/** The bits of a gap, rounded as codes are. */
function rounded(bits: u64): u64 {
  return (bits + STEP / 2) & ~(STEP - 1);
}

/** Whether `near`, the rounded bits of a gap, is what `nearest` gives: neither tiny nor infinite nor a power of two. */
function isCommon(bits: u64, near: u64): bool {
  return bits - LEAST_NORMAL_BITS < INFINITY_BITS - LEAST_NORMAL_BITS && (near & MANTISSA) !== 0;
}

/** The bits of the nearest gap that has a code under some exponent; 0 where there is none. */
function nearest(bits: u64): u64 {
  const gap = reinterpret<f64>(bits);
  if (!(gap > 0 && gap < Infinity)) return 0;
  if (gap < LEAST_NORMAL) return nearestOfTiny(gap);
  const near = rounded(bits);
  // Rounding up to the next power of two would need another exponent, perhaps one too many.
  return near >> 52 > bits >> 52 ? near - STEP : near;
}

/** All of them have one exponent, below that of every other gap. */
function nearestOfTiny(gap: f64): u64 {
  const exact = (gap / TINY - 1) * 1024;
  // As Math.round does: halves go up.
  const above = ceil(exact);
  const mantissa = <i32>(above - 0.5 > exact ? above - 1 : above);
  return mantissa < 0 ? 0 : reinterpret<u64>(TINY) + ((<u64>min<i32>(mantissa, 1023)) << CUT_BITS);
}

/** The code of what is `nearest`: it stands in the double's own bits. */
function codeOf(near: u64, exponent: i32): i32 {
  const code = <i32>(near >> CUT_BITS) - ((exponent + 1023) << 10);
  return near > 0 && <u32>code < <u32>CODE_LIMIT ? code : ESCAPE;
}

function exponentFor(gap: f64): i32 {
  return exponentOf(gap) - EXPONENTS + 1;
}

function exponentOf(x: f64): i32 {
  if (x === 0) return 0;
  if (x < LEAST_NORMAL) return TINY_EXPONENT;
  return <i32>(reinterpret<u64>(x) >> 52) - 1023;
}
