import { type CentroidList, putPairs } from './centroid-list.ts';
import { codeOfRule, type DigestState, ruleOf } from './digest-state.ts';
import { kernel } from './kernel.ts';
import { plainEncodeDigest, plainReadDigest, VERSION } from './plain-digest-bytes.ts';
import type { SizeRule } from './size-rule.ts';

/*
 * Byte form of a digest, version 2, little-endian:
 *
 *   0  u8   version, 2
 *   1  u8   flags: bits 0-1 size rule (0 window, 1 baseline, 2 its own), bit 2 atoms are float32, bits 3-7 unused
 *   2  u8   bytes per weight, of an atom in bits 0-3 and of a plain centroid in bits 4-7; 0 where there is none
 *   3  u16  n, centroids (0 to 1 024)
 *   5  u64  count, the sum of all weights (0 to 2^53 - 1)
 *  13  [f64 middle, f64 tail: only under a size rule of its own]
 *      bits: 1 for each atom, ascending, low bit first, ceil(n / 8) bytes
 *      planes: means of the atoms, ascending
 *      [i16 exponent, u16 escapes: only with plain centroids]
 *      planes: u16 codes of the means of the plain centroids, ascending (gap-code.ts)
 *      planes: f64 means behind the codes that are escapes, ascending
 *      planes: weights of the atoms, ascending
 *      planes: weights of the plain centroids, ascending
 *
 * Atoms are always exact; float32 is used for them when each of them is one (values that come out of tensors, integers
 * up to 2^24). The first and the last centroid are atoms, so minimum and maximum are exact as well.
 */

/**
 * The byte form of a list of weight `total`, good until the next one is asked for. It goes through the kernel's `passing`
 * list.
 */
export function encodeDigest(list: CentroidList, total: number, rule: SizeRule): Uint8Array {
  const { digests, passing } = kernel;
  if (digests === null) return plainEncodeDigest(list, total, rule);
  putPairs(list, passing);
  const { middle, tail } = rule;
  const length = digests.writeDigest(passing.byteOffset, list.length, total, codeOfRule(rule), middle, tail);
  return digests.written.subarray(0, length);
}

/** Whether these bytes, which are valid, are of the version that is written. */
export function isNewestForm(bytes: Uint8Array): boolean {
  return bytes[0] === VERSION;
}

/**
 * Reads what `encodeDigest` was given into one of the kernel's lists. Throws SKETCH_BYTES_INVALID unless the bytes are one
 * valid form and nothing else.
 */
export function readDigest(bytes: Uint8Array, into: Float64Array): DigestState {
  const { digests } = kernel;
  const length = readInKernel(bytes, into);
  if (digests === null || length < 0) return plainReadDigest(bytes, into);
  // Of the kernel's copy, which nobody else writes to.
  const { bytes: read, told } = digests;
  return { length, total: told[0], rule: ruleOf(read[1] & 3, told[1], told[2]) };
}

/** The same for bytes that were read before: how many centroids there are. */
export function readAgain(bytes: Uint8Array, into: Float64Array): number {
  const length = readInKernel(bytes, into);
  return length < 0 ? plainReadDigest(bytes, into).length : length;
}

/** How many centroids there are; -1 for what the kernel does not take, and where there is none that does. */
function readInKernel(bytes: Uint8Array, into: Float64Array): number {
  const { digests } = kernel;
  if (digests === null || !(bytes instanceof Uint8Array) || bytes.length > digests.bytes.length) return -1;
  digests.bytes.set(bytes);
  return digests.readDigest(bytes.length, into.byteOffset);
}
