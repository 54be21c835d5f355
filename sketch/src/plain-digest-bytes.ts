import { type FloatWidth, integerWidth, readFloats, readIntegers, writeFloats, writeIntegers } from './byte-planes.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { CentroidList } from './centroid-list.ts';
import { readDigestV1 } from './digest-bytes-v1.ts';
import {
  bitAt,
  bitBytes,
  codeOfRule,
  countBits,
  type DigestState,
  faultOf,
  OWN_RULE,
  readRule,
} from './digest-state.ts';
import { codeMeans, decodeMean, ESCAPE, isCode, LEAST_EXPONENT, MOST_EXPONENT } from './gap-code.ts';
import { MAX_CENTROIDS, type SizeRule } from './size-rule.ts';

/*
 * The byte form of a digest, described in digest-bytes.ts, in plain JavaScript: for hosts that forbid WebAssembly, and for
 * bytes that the kernel does not take, to say what is wrong with them. `kernel/read-bytes.ts` and `kernel/write-bytes.ts` do
 * the same to the last bit (a test holds them together).
 */
/** The version that is written. */
export const VERSION = 2;
const HEADER_BYTES = 13;
const ATOMS_FLOAT32 = 4;
/** Mean and weight of an atom, the widest there are. */
const MOST_BYTES_EACH = 8 + 7;
const MOST_BYTES = HEADER_BYTES + 16 + bitBytes(MAX_CENTROIDS) + 4 + MAX_CENTROIDS * (MOST_BYTES_EACH + 2);

/** Columns of the list under way, filled anew by each call. */
const atomMeans = new Float64Array(MAX_CENTROIDS);
const atomWeights = new Float64Array(MAX_CENTROIDS);
const plainWeights = new Float64Array(MAX_CENTROIDS);
const out = new ByteWriter(MOST_BYTES);

/** `encodeDigest` of digest-bytes.ts. */
export function plainEncodeDigest(list: CentroidList, total: number, rule: SizeRule): Uint8Array {
  const { pairs, length: n } = list;
  let [atoms, plain, heaviestAtom, heaviestPlain] = [0, 0, 0, 0];
  let areFloat32 = n > 0;
  for (let i = 0; i < n; i++) {
    const weight = pairs[2 * i + 1];
    if (weight < 0) {
      const mean = pairs[2 * i];
      if (Math.fround(mean) !== mean) areFloat32 = false;
      if (-weight > heaviestAtom) heaviestAtom = -weight;
      atomMeans[atoms] = mean;
      atomWeights[atoms++] = -weight;
    } else {
      if (weight > heaviestPlain) heaviestPlain = weight;
      plainWeights[plain++] = weight;
    }
  }
  const atomWidth: FloatWidth = areFloat32 ? 4 : 8;
  const [atomWeightWidth, plainWeightWidth] = [integerWidth(atoms, heaviestAtom), integerWidth(plain, heaviestPlain)];
  const ruleCode = codeOfRule(rule);

  const { bytes } = out;
  out.restart();
  out.u8(VERSION);
  out.u8(ruleCode | (atomWidth === 4 ? ATOMS_FLOAT32 : 0));
  out.u8(atomWeightWidth | (plainWeightWidth << 4));
  out.u16(n);
  out.count(total);
  if (ruleCode === OWN_RULE) {
    out.f64(rule.middle);
    out.f64(rule.tail);
  }
  writeBits(pairs, n, bytes, out.skip(bitBytes(n)));
  writeFloats(atomMeans, atoms, atomWidth, bytes, out.skip(atoms * atomWidth));
  if (plain > 0) {
    const { exponent, codes, escapes, escapeCount } = codeMeans(list);
    out.i16(exponent);
    out.u16(escapeCount);
    writeIntegers(codes, plain, 2, bytes, out.skip(plain * 2));
    writeFloats(escapes, escapeCount, 8, bytes, out.skip(escapeCount * 8));
  }
  writeIntegers(atomWeights, atoms, atomWeightWidth, bytes, out.skip(atoms * atomWeightWidth));
  writeIntegers(plainWeights, plain, plainWeightWidth, bytes, out.skip(plain * plainWeightWidth));
  return out.written;
}

/** A bit for each centroid, low bit first, 1 for an atom. */
function writeBits(pairs: Float64Array, n: number, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < n; i += 8) {
    let bits = 0;
    const most = Math.min(8, n - i);
    for (let bit = 0; bit < most; bit++) if (pairs[2 * (i + bit) + 1] < 0) bits |= 1 << bit;
    bytes[at + (i >> 3)] = bits;
  }
}

/**
 * Reads what `plainEncodeDigest` was given into `pairs`, which has room for MAX_CENTROIDS. Throws SKETCH_BYTES_INVALID unless the
 * bytes are one valid form and nothing else.
 */
export function plainReadDigest(bytes: Uint8Array, pairs: Float64Array): DigestState {
  const reader = new ByteReader(bytes, 'digest');
  const version = reader.u8();
  if (version === 1) return readDigestV1(bytes, reader, pairs);
  if (version !== VERSION)
    throw reader.invalid(`version ${version}, expected 1 or ${VERSION}: written by a newer release?`);
  const flags = reader.u8();
  const widths = reader.u8();
  const n = reader.u16();
  const total = reader.count();
  if (flags > 7) throw reader.invalid('unknown flags');
  if (n > MAX_CENTROIDS) throw reader.invalid(`${n} centroids`);
  const rule = readRule(flags & 3, reader);
  const bits = reader.skip(bitBytes(n));
  const atoms = countBits(bytes, bits, n, reader);
  const plain = n - atoms;
  const [atomWeightWidth, plainWeightWidth] = [widths & 15, widths >> 4];
  if (!isWidth(atomWeightWidth, atoms) || !isWidth(plainWeightWidth, plain)) {
    throw reader.invalid('weights of no known width');
  }
  const atomWidth: FloatWidth = flags & ATOMS_FLOAT32 ? 4 : 8;
  if (n === 0 && (total !== 0 || atomWidth === 4)) throw reader.invalid('empty, yet not all zero');

  readFloats(bytes, reader.skip(atoms * atomWidth), atoms, atomWidth, atomMeans);
  const exponent = plain > 0 ? readMeans(bytes, reader, plain) : 0;
  readIntegers(bytes, reader.skip(atoms * atomWeightWidth), atoms, atomWeightWidth, atomWeights);
  readIntegers(bytes, reader.skip(plain * plainWeightWidth), plain, plainWeightWidth, plainWeights);
  reader.end();

  let before = 0;
  let [nextAtom, nextPlain, nextEscape] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (bitAt(bytes, bits, i)) {
      before = atomMeans[nextAtom];
      pairs[2 * i + 1] = -atomWeights[nextAtom++];
    } else {
      const code = codes[nextPlain];
      before = code === ESCAPE ? escapes[nextEscape++] : decodeMean(code, exponent, before);
      pairs[2 * i + 1] = plainWeights[nextPlain++];
    }
    pairs[2 * i] = before;
  }
  const fault = n > 0 ? faultOf(pairs, n, total) : null;
  if (fault !== null) throw reader.invalid(fault);
  return { length: n, total, rule };
}

/** Codes and escapes of the digest being read. */
const codes = new Uint16Array(MAX_CENTROIDS);
const escapes = new Float64Array(MAX_CENTROIDS);

/** Reads the coded means into `codes` and `escapes`; returns their exponent. */
function readMeans(bytes: Uint8Array, reader: ByteReader, plain: number): number {
  const exponent = reader.i16();
  if (exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT) throw reader.invalid(`exponent ${exponent}`);
  const escapeCount = reader.u16();
  readIntegers(bytes, reader.skip(plain * 2), plain, 2, codes);
  let escaped = 0;
  for (let i = 0; i < plain; i++) {
    const code = codes[i];
    if (!isCode(code)) throw reader.invalid('unknown code of a mean');
    if (code === ESCAPE) escaped++;
  }
  if (escaped !== escapeCount) throw reader.invalid('miscounted escapes');
  readFloats(bytes, reader.skip(escapeCount * 8), escapeCount, 8, escapes);
  return exponent;
}

function isWidth(width: number, count: number): boolean {
  return count === 0 ? width === 0 : width >= 1 && width <= 7;
}
