import type { ByteReader } from './byte-reader.ts';
import { MAX_COUNT } from './count.ts';
import { BASELINE_SIZE_RULE, checkedSizeRule, type SizeRule, WINDOW_SIZE_RULE } from './size-rule.ts';

/** What the byte form of a digest holds beside its centroids: how many those are, what they weigh, and their size rule. */
export type DigestState = { readonly length: number; readonly total: number; readonly rule: SizeRule };

/** The code of a size rule that is written in full. */
export const OWN_RULE = 2;

/** What of the promises of CentroidList the first `length` of `pairs` break, or null. */
export function faultOf(pairs: Float64Array, length: number, total: number): string | null {
  let sum = 0;
  let before = -Infinity;
  let isAfterAtom = true;
  for (let i = 0; i < 2 * length; i += 2) {
    const mean = pairs[i];
    const isAtom = pairs[i + 1] < 0;
    const weight = Math.abs(pairs[i + 1]);
    if (mean - mean !== 0 || (mean === 0 && 1 / mean < 0)) return 'mean that is infinite, NaN or -0';
    if (!(mean > before || (mean === before && !isAfterAtom))) return 'means out of order';
    if (!(weight >= 1)) return 'centroid without weight';
    if (weight === 1 && !isAtom) return 'single value that is no atom';
    sum += weight;
    if (sum > MAX_COUNT) return 'weights above 2^53 - 1';
    before = mean;
    isAfterAtom = isAtom;
  }
  if (sum !== total) return 'weights that do not add up to the count';
  if (!(pairs[1] < 0) || !(pairs[2 * length - 1] < 0)) return 'first or last centroid that is no atom';
  return null;
}

/** Bytes for `n` bits. */
export function bitBytes(n: number): number {
  return (n + 7) >> 3;
}

/** How many of the next `n` bits, which begin at `at`, are set; refuses any that stray beyond. */
export function countBits(bytes: Uint8Array, at: number, n: number, reader: ByteReader): number {
  const end = at + bitBytes(n);
  if (n % 8 !== 0 && bytes[end - 1] >> (n % 8) !== 0) throw reader.invalid('bits beyond the last centroid');
  let set = 0;
  for (let i = at; i < end; i++) for (let rest = bytes[i]; rest !== 0; rest &= rest - 1) set++;
  return set;
}

/** Whether bit `i` of those that begin at `at` is set. */
export function bitAt(bytes: Uint8Array, at: number, i: number): boolean {
  return ((bytes[at + (i >> 3)] >> (i & 7)) & 1) === 1;
}

/** 0 or 1 for the rules with a name, else OWN_RULE. */
export function codeOfRule(rule: SizeRule): number {
  if (isSame(rule, WINDOW_SIZE_RULE)) return 0;
  return isSame(rule, BASELINE_SIZE_RULE) ? 1 : OWN_RULE;
}

function isSame(one: SizeRule, other: SizeRule): boolean {
  return one === other || (one.middle === other.middle && one.tail === other.tail);
}

/** The rule behind a code, for OWN_RULE the one given. Throws SKETCH_OPTION_INVALID where that is out of range. */
export function ruleOf(code: number, middle: number, tail: number): SizeRule {
  if (code === 0) return WINDOW_SIZE_RULE;
  return code === 1 ? BASELINE_SIZE_RULE : checkedSizeRule({ middle, tail });
}

/** The rule behind a code; reads one that is written in full. */
export function readRule(code: number, reader: ByteReader): SizeRule {
  if (code < OWN_RULE) return ruleOf(code, 0, 0);
  if (code !== OWN_RULE) throw reader.invalid('unknown size rule');
  const [middle, tail] = [reader.f64(), reader.f64()];
  try {
    return ruleOf(code, middle, tail);
  } catch {
    throw reader.invalid('size rule out of range');
  }
}
