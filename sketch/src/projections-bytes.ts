import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { Digest } from './digest.ts';
import { MAX_DIRECTIONS, maxVectorSize } from './directions.ts';
import { pooledOf } from './projections-vector.ts';

/*
 * Byte form of projections, version 1, little-endian:
 *
 *   0  u8   version, 1; it also stands for how directions are made and values are pooled
 *   1  u8   k, directions (1 to 64)
 *   2  u32  seed of the directions
 *   6  u32  d, components of a vector, 0 when not known yet (k * d is at most 2^22)
 *  10  u64  count of vectors (0 to 2^53 - 1)
 *  18  k + 2 digests, each as u16 length and its byte form: of the norm, of pooled values, along direction 0, 1, ...
 *
 * Directions themselves are not kept: they follow from seed, k and d.
 */
const VERSION = 1;
const HEADER_BYTES = 18;
/** A dot product is at most the norm (Cauchy and Schwarz), but for rounding of the directions and of tiny squares. */
const ROUNDING = 1 + 1e-5;
const TINY = 1e-150;

/** What the byte form holds; `size` is 0 when not known yet. */
export type ProjectionsState = {
  readonly size: number;
  readonly seed: number;
  readonly norm: Digest;
  readonly values: Digest;
  readonly along: readonly Digest[];
};

/** The byte form. */
export function encodeProjections({ size, seed, norm, values, along }: ProjectionsState): Uint8Array {
  const forms = [norm, values, ...along].map((digest) => digest.toBytes());
  const out = new ByteWriter(HEADER_BYTES + forms.reduce((sum, form) => sum + 2 + form.length, 0));
  out.u8(VERSION);
  out.u8(along.length);
  for (const word of [seed, size]) {
    out.u16(word & 0xffff);
    out.u16(word >>> 16);
  }
  out.count(norm.count);
  for (const form of forms) {
    out.u16(form.length);
    out.take(form.length).set(form);
  }
  return out.bytes;
}

/** What `encodeProjections` was given. Throws SKETCH_BYTES_INVALID unless the bytes are one valid form and nothing else. */
export function decodeProjections(bytes: Uint8Array): ProjectionsState {
  const reader = new ByteReader(bytes, 'projections');
  const version = reader.u8();
  if (version !== VERSION) throw reader.invalid(`unknown version ${version}`);
  const k = reader.u8();
  if (k < 1 || k > MAX_DIRECTIONS) throw reader.invalid(`${k} directions`);
  const seed = readWord(reader);
  const size = readWord(reader);
  if (size > maxVectorSize(k)) throw reader.invalid(`vectors of ${size} components`);
  const count = reader.count();
  if (size === 0 && count > 0) throw reader.invalid('vectors of no size');
  const digests = Array.from({ length: k + 2 }, () => Digest.fromBytes(reader.take(reader.u16())));
  reader.end();
  const [norm, values, ...along] = digests as [Digest, Digest, ...Digest[]];
  const state = { size, seed, norm, values, along };
  const fault = faultOf(state, count);
  if (fault !== null) throw reader.invalid(fault);
  return state;
}

function readWord(reader: ByteReader): number {
  const low = reader.u16();
  return low + reader.u16() * 0x10000;
}

/** Why these digests cannot be of the same vectors, or null. */
function faultOf({ size, norm, values, along }: ProjectionsState, count: number): string | null {
  const { middle, tail } = norm.sizeRule;
  if (norm.count !== count) return 'norms that are not one a vector';
  if (values.count !== count * pooledOf(size)) return 'pooled values that are not as many a vector as are taken';
  if (norm.min < 0) return 'a norm below 0';
  const most = norm.max * ROUNDING + TINY;
  for (const digest of [values, ...along]) {
    if (digest !== values && digest.count !== count) return 'dot products that are not one a vector';
    if (digest.min < -most || digest.max > most) return 'components or dot products beyond the largest norm';
    const rule = digest.sizeRule;
    if (rule.middle !== middle || rule.tail !== tail) return 'digests of several size rules';
  }
  return null;
}
