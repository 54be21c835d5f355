import { hashText } from './distinct-hash.ts';

/*
 * One hashed value in 32 bits, after the sparse form of HyperLogLog++ (Heule, Nunkesser, Hall 2013) with p = 14, p' = 26:
 *
 *   31..18  index of the register: the first 14 bits of the hash
 *   17.. 6  the next 12 bits
 *    5.. 0  0 when one of those 12 is set; else the rank within the 38 bits after them, 1 to 39
 *
 * The rank of the register is the place of the first bit set after the index, 51 when all 50 are 0. The upper 26 bits
 * are the prefix. No entry is 0.
 */

/** Bits of the hash that choose the register. */
export const PRECISION = 14;
/** Registers of a Distinct. */
export const REGISTERS: number = 2 ** PRECISION;
/** Largest rank: 64 - 14 bits, all of them 0. */
export const MAX_RANK: number = 64 - PRECISION + 1;

const MIDDLE = 12;
const LAST = 64 - PRECISION - MIDDLE;
const lanes = new Int32Array(2);

/** The entry of `text`. */
export function entryOf(text: string): number {
  hashText(text, lanes);
  const high = lanes[0] | 0;
  if ((high & 0x3ffc0) !== 0) return (high & ~63) >>> 0;
  const six = high & 63;
  const rank = six !== 0 ? Math.clz32(six) - 25 : Math.clz32(lanes[1] | 0) + 7;
  return ((high & ~63) | rank) >>> 0;
}

/** The 26 bits that tell entries apart: of two with the same prefix the larger one counts. */
export function prefixOf(entry: number): number {
  return entry >>> 6;
}

/** The register of `entry`, 0 to REGISTERS - 1. */
export function indexOf(entry: number): number {
  return entry >>> (32 - PRECISION);
}

/** What the register becomes at least, 1 to MAX_RANK. */
export function rankOf(entry: number): number {
  const middle = (entry >>> 6) & 0xfff;
  return middle !== 0 ? Math.clz32(middle) - 19 : MIDDLE + (entry & 63);
}

/** Whether some hash has this entry. */
export function isEntry(entry: number): boolean {
  const rank = entry & 63;
  return ((entry >>> 6) & 0xfff) !== 0 ? rank === 0 : rank >= 1 && rank <= LAST + 1;
}
