import { type FloatWidth, readFloats, readIntegers } from './byte-planes.ts';
import type { ByteReader } from './byte-reader.ts';
import { bitAt, bitBytes, countBits, type DigestState, faultOf, readRule } from './digest-state.ts';
import { MAX_CENTROIDS } from './size-rule.ts';

/*
 * Byte form of a digest, version 1 (no longer written), little-endian:
 *
 *   0  u8   version, 1
 *   1  u8   flags: bits 0-1 size rule (0 window, 1 baseline, 2 its own), bit 2 atoms are float32, bit 3 plain
 *           centroids are float32 offsets from the minimum, bits 4-6 bytes per weight (0 when empty), bit 7 unused
 *   2  u16  n, centroids (0 to 1 024)
 *   4  u64  count, the sum of all weights (0 to 2^53 - 1)
 *  12  f64  minimum, 0 when empty
 *  20  f64  maximum, 0 when empty
 *  28  [f64 middle, f64 tail: only under a size rule of its own]
 *      bits: 1 for each atom, ascending, low bit first, ceil(n / 8) bytes
 *      planes: means of the atoms, ascending
 *      planes: means of the plain centroids, ascending
 *      planes: weights of all centroids, ascending
 *
 * Atoms are always exact. Float32 is used for them when each of them is one (values that come out of tensors, integers
 * up to 2^24), and for plain means when that changes no rank worth mentioning.
 */
const ATOMS_FLOAT32 = 4;
const PLAIN_FLOAT32 = 8;
const WIDTH_SHIFT = 4;

/**
 * Reads version 1 of `bytes`, of which the version byte is read, into `pairs`, which has room for MAX_CENTROIDS. Throws
 * SKETCH_BYTES_INVALID unless all is as promised.
 */
export function readDigestV1(bytes: Uint8Array, reader: ByteReader, pairs: Float64Array): DigestState {
  const flags = reader.u8();
  const n = reader.u16();
  const total = reader.count();
  const min = reader.f64();
  const max = reader.f64();
  if (n > MAX_CENTROIDS) throw reader.invalid(`${n} centroids`);
  const rule = readRule(flags & 3, reader);
  const weightWidth = flags >> WIDTH_SHIFT;
  if (n === 0) {
    if (total !== 0 || min !== 0 || max !== 0 || flags >> 2 !== 0) throw reader.invalid('empty, yet not all zero');
    reader.end();
    return { length: 0, total, rule };
  }
  if (weightWidth < 1 || weightWidth > 7) throw reader.invalid('weights of no known width');

  const bits = reader.skip(bitBytes(n));
  const atoms = countBits(bytes, bits, n, reader);
  const atomWidth: FloatWidth = flags & ATOMS_FLOAT32 ? 4 : 8;
  const plainWidth: FloatWidth = flags & PLAIN_FLOAT32 ? 4 : 8;
  const [atomMeans, plainMeans, weights] = [
    new Float64Array(atoms),
    new Float64Array(n - atoms),
    new Float64Array(n),
  ] as const;
  readFloats(bytes, reader.skip(atoms * atomWidth), atoms, atomWidth, atomMeans);
  readFloats(bytes, reader.skip((n - atoms) * plainWidth), n - atoms, plainWidth, plainMeans);
  readIntegers(bytes, reader.skip(n * weightWidth), n, weightWidth, weights);
  reader.end();

  const base = plainWidth === 4 ? min : 0;
  let nextAtom = 0;
  let nextPlain = 0;
  for (let i = 0; i < n; i++) {
    const isAtom = bitAt(bytes, bits, i);
    pairs[2 * i] = isAtom ? atomMeans[nextAtom++] : base + plainMeans[nextPlain++];
    pairs[2 * i + 1] = isAtom ? -weights[i] : weights[i];
  }
  if (pairs[0] !== min || pairs[2 * n - 2] !== max) {
    throw reader.invalid('means that do not reach from minimum to maximum');
  }
  const fault = faultOf(pairs, n, total);
  if (fault !== null) throw reader.invalid(fault);
  return { length: n, total, rule };
}
