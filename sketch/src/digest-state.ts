import type { ByteReader } from './byte-reader.ts';
import { type CentroidList, isAtom, meanOf, weightOf } from './centroid-list.ts';
import { MAX_COUNT } from './count.ts';
import { BASELINE_SIZE_RULE, checkedSizeRule, type SizeRule, WINDOW_SIZE_RULE } from './size-rule.ts';

/** What the byte form of a digest holds. */
export type DigestState = { readonly list: CentroidList; readonly total: number; readonly rule: SizeRule };

/** The code of a size rule that is written in full. */
export const OWN_RULE = 2;

/** What of the promises of CentroidList is broken, or null. */
export function faultOf(list: CentroidList, total: number): string | null {
  let sum = 0;
  let before = -Infinity;
  for (let i = 0; i < list.length; i++) {
    const mean = meanOf(list, i);
    const weight = weightOf(list, i);
    if (mean - mean !== 0 || Object.is(mean, -0)) return 'mean that is infinite, NaN or -0';
    if (!(mean > before || (mean === before && !isAtom(list, i - 1)))) return 'means out of order';
    if (weight < 1) return 'centroid without weight';
    if (weight === 1 && !isAtom(list, i)) return 'single value that is no atom';
    sum += weight;
    if (sum > MAX_COUNT) return 'weights above 2^53 - 1';
    before = mean;
  }
  const last = list.length - 1;
  if (sum !== total) return 'weights that do not add up to the count';
  if (!isAtom(list, 0) || !isAtom(list, last)) return 'first or last centroid that is no atom';
  return null;
}

/** Bytes for `n` bits. */
export function bitBytes(n: number): number {
  return (n + 7) >> 3;
}

/** Reads `n` bits into `into`, refusing any that stray beyond; returns how many are set. */
export function readBits(reader: ByteReader, n: number, into: Uint8Array): number {
  const bits = reader.take(bitBytes(n));
  if (n % 8 !== 0 && bits[bits.length - 1] >> (n % 8) !== 0) throw reader.invalid('bits beyond the last centroid');
  let set = 0;
  for (let i = 0; i < n; i++) {
    into[i] = (bits[i >> 3] >> (i & 7)) & 1;
    set += into[i];
  }
  return set;
}

/** 0 or 1 for the rules with a name, else OWN_RULE. */
export function codeOfRule(rule: SizeRule): number {
  const named = [WINDOW_SIZE_RULE, BASELINE_SIZE_RULE].findIndex(
    ({ middle, tail }) => middle === rule.middle && tail === rule.tail,
  );
  return named < 0 ? OWN_RULE : named;
}

/** The rule behind a code; reads one that is written in full. */
export function readRule(code: number, reader: ByteReader): SizeRule {
  if (code === 0) return WINDOW_SIZE_RULE;
  if (code === 1) return BASELINE_SIZE_RULE;
  if (code !== OWN_RULE) throw reader.invalid('unknown size rule');
  const rule = { middle: reader.f64(), tail: reader.f64() };
  try {
    return checkedSizeRule(rule);
  } catch {
    throw reader.invalid('size rule out of range');
  }
}
