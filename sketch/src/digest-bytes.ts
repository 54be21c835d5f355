import { type FloatWidth, integerWidth, readFloats, readIntegers, writeFloats, writeIntegers } from './byte-planes.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type CentroidList, centroidList, isAtom, meanOf, setCentroid, weightOf } from './centroid-list.ts';
import { decodeDigestV1 } from './digest-bytes-v1.ts';
import { bitBytes, codeOfRule, type DigestState, faultOf, OWN_RULE, readBits, readRule } from './digest-state.ts';
import { codeMeans, decodeMean, ESCAPE, isCode, LEAST_EXPONENT, MOST_EXPONENT } from './gap-code.ts';
import { MAX_CENTROIDS, type SizeRule } from './size-rule.ts';

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
const VERSION = 2;
const HEADER_BYTES = 13;
const ATOMS_FLOAT32 = 4;

/** The byte form of a list of weight `total`. */
export function encodeDigest(list: CentroidList, total: number, rule: SizeRule): Uint8Array {
  const n = list.length;
  const atoms: number[] = [];
  const atomWeights: number[] = [];
  const plainWeights: number[] = [];
  for (let i = 0; i < n; i++) {
    if (isAtom(list, i)) atoms.push(meanOf(list, i));
    (isAtom(list, i) ? atomWeights : plainWeights).push(weightOf(list, i));
  }
  const row = { length: n, mean: (i: number) => meanOf(list, i), isPlain: (i: number) => !isAtom(list, i) };
  const { exponent, codes, escapes } = codeMeans(row);
  const atomWidth: FloatWidth = n > 0 && atoms.every((x) => Math.fround(x) === x) ? 4 : 8;
  const [atomWeightWidth, plainWeightWidth] = [integerWidth(atomWeights), integerWidth(plainWeights)];
  const ruleCode = codeOfRule(rule);

  const plain = codes.length;
  const out = new ByteWriter(
    HEADER_BYTES +
      (ruleCode === OWN_RULE ? 16 : 0) +
      bitBytes(n) +
      atoms.length * (atomWidth + atomWeightWidth) +
      (plain > 0 ? 4 : 0) +
      plain * (2 + plainWeightWidth) +
      escapes.length * 8,
  );
  out.u8(VERSION);
  out.u8(ruleCode | (atomWidth === 4 ? ATOMS_FLOAT32 : 0));
  out.u8(atomWeightWidth | (plainWeightWidth << 4));
  out.u16(n);
  out.count(total);
  if (ruleCode === OWN_RULE) {
    out.f64(rule.middle);
    out.f64(rule.tail);
  }
  const bits = out.take(bitBytes(n));
  for (let i = 0; i < n; i++) if (isAtom(list, i)) bits[i >> 3] |= 1 << (i & 7);
  writeFloats(atoms, atomWidth, out.take(atoms.length * atomWidth));
  if (plain > 0) {
    out.i16(exponent);
    out.u16(escapes.length);
    writeIntegers(codes, 2, out.take(plain * 2));
    writeFloats(escapes, 8, out.take(escapes.length * 8));
  }
  writeIntegers(atomWeights, atomWeightWidth, out.take(atoms.length * atomWeightWidth));
  writeIntegers(plainWeights, plainWeightWidth, out.take(plain * plainWeightWidth));
  return out.bytes;
}

/** What `encodeDigest` was given. Throws SKETCH_BYTES_INVALID unless the bytes are one valid form and nothing else. */
export function decodeDigest(bytes: Uint8Array): DigestState {
  const reader = new ByteReader(bytes, 'digest');
  const version = reader.u8();
  if (version === 1) return decodeDigestV1(reader);
  if (version !== VERSION)
    throw reader.invalid(`version ${version}, expected 1 or ${VERSION}: written by a newer release?`);
  const flags = reader.u8();
  const widths = reader.u8();
  const n = reader.u16();
  const total = reader.count();
  if (flags > 7) throw reader.invalid('unknown flags');
  if (n > MAX_CENTROIDS) throw reader.invalid(`${n} centroids`);
  const rule = readRule(flags & 3, reader);
  const isAtomAt = new Uint8Array(n);
  const atoms = readBits(reader, n, isAtomAt);
  const plain = n - atoms;
  const [atomWeightWidth, plainWeightWidth] = [widths & 15, widths >> 4];
  if (!isWidth(atomWeightWidth, atoms) || !isWidth(plainWeightWidth, plain)) {
    throw reader.invalid('weights of no known width');
  }
  const atomWidth: FloatWidth = flags & ATOMS_FLOAT32 ? 4 : 8;
  if (n === 0 && (total !== 0 || atomWidth === 4)) throw reader.invalid('empty, yet not all zero');

  const atomMeans = readFloats(reader.take(atoms * atomWidth), atomWidth);
  const means = plain > 0 ? readMeans(reader, plain) : null;
  const atomWeights = readIntegers(reader.take(atoms * atomWeightWidth), atoms, atomWeightWidth);
  const plainWeights = readIntegers(reader.take(plain * plainWeightWidth), plain, plainWeightWidth);
  reader.end();

  const list = centroidList(n);
  list.length = n;
  let before = 0;
  let [nextAtom, nextPlain] = [0, 0];
  for (let i = 0; i < n; i++) {
    const atom = isAtomAt[i] === 1;
    before = (atom ? atomMeans[nextAtom] : means?.(nextPlain, before)) as number;
    setCentroid(list, i, before, (atom ? atomWeights[nextAtom++] : plainWeights[nextPlain++]) as number, atom);
  }
  const fault = n > 0 ? faultOf(list, total) : null;
  if (fault !== null) throw reader.invalid(fault);
  return { list, total, rule };
}

/** Reads the coded means; the function gives that of plain centroid `i`, asked for in order, by the mean before it. */
function readMeans(reader: ByteReader, plain: number): (i: number, before: number) => number {
  const exponent = reader.i16();
  if (exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT) throw reader.invalid(`exponent ${exponent}`);
  const escapeCount = reader.u16();
  const codes = readIntegers(reader.take(plain * 2), plain, 2);
  if (!codes.every(isCode)) throw reader.invalid('unknown code of a mean');
  if (codes.filter((code) => code === ESCAPE).length !== escapeCount) throw reader.invalid('miscounted escapes');
  const escapes = readFloats(reader.take(escapeCount * 8), 8);
  let next = 0;
  return (i, before) =>
    codes[i] === ESCAPE ? (escapes[next++] as number) : decodeMean(codes[i] as number, exponent, before);
}

function isWidth(width: number, count: number): boolean {
  return count === 0 ? width === 0 : width >= 1 && width <= 7;
}
