import { type FloatWidth, integerWidth, readFloats, readIntegers, writeFloats, writeIntegers } from './byte-planes.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type CentroidList, centroidList } from './centroid-list.ts';
import { MAX_COUNT } from './count.ts';
import { BASELINE_SIZE_RULE, checkedSizeRule, MAX_CENTROIDS, type SizeRule, WINDOW_SIZE_RULE } from './size-rule.ts';

/*
 * Byte form of a digest, version 1, little-endian:
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
 * up to 2^24), and for plain means when that changes no rank worth mentioning (see `offsetsFromMin`).
 */
const VERSION = 1;
const HEADER_BYTES = 28;
const ATOMS_FLOAT32 = 4;
const PLAIN_FLOAT32 = 8;
const WIDTH_SHIFT = 4;
const OWN_RULE = 2;

/** What the byte form holds. */
export type DigestState = { readonly list: CentroidList; readonly total: number; readonly rule: SizeRule };

/** The byte form of a list of weight `total`. */
export function encodeDigest(list: CentroidList, total: number, rule: SizeRule): Uint8Array {
  const n = list.length;
  const atoms: number[] = [];
  const plain: number[] = [];
  for (let i = 0; i < n; i++) (list.atom[i] === 1 ? atoms : plain).push(list.mean[i]);
  const offsets = plain.length > 0 ? offsetsFromMin(list) : null;
  const atomWidth: FloatWidth = n > 0 && atoms.every((x) => Math.fround(x) === x) ? 4 : 8;
  const plainWidth: FloatWidth = offsets ? 4 : 8;
  const weightWidth = n > 0 ? integerWidth(list.weight, n) : 0;
  const ruleCode = codeOfRule(rule);

  const size = atoms.length * atomWidth + plain.length * plainWidth + n * weightWidth + bitBytes(n);
  const out = new ByteWriter(HEADER_BYTES + (ruleCode === OWN_RULE ? 16 : 0) + size);
  out.u8(VERSION);
  out.u8(
    ruleCode |
      (atomWidth === 4 ? ATOMS_FLOAT32 : 0) |
      (plainWidth === 4 ? PLAIN_FLOAT32 : 0) |
      (weightWidth << WIDTH_SHIFT),
  );
  out.u16(n);
  out.count(total);
  out.f64(n > 0 ? list.mean[0] : 0);
  out.f64(n > 0 ? list.mean[n - 1] : 0);
  if (ruleCode === OWN_RULE) {
    out.f64(rule.middle);
    out.f64(rule.tail);
  }
  const bits = out.take(bitBytes(n));
  for (let i = 0; i < n; i++) if (list.atom[i] === 1) bits[i >> 3] |= 1 << (i & 7);
  writeFloats(atoms, atomWidth, out.take(atoms.length * atomWidth));
  writeFloats(offsets ?? plain, plainWidth, out.take(plain.length * plainWidth));
  writeIntegers(list.weight, n, weightWidth, out.take(n * weightWidth));
  return out.bytes;
}

/** What `encodeDigest` was given. Throws SKETCH_BYTES_INVALID unless the bytes are one valid form and nothing else. */
export function decodeDigest(bytes: Uint8Array): DigestState {
  const reader = new ByteReader(bytes, 'digest');
  const version = reader.u8();
  if (version !== VERSION) throw reader.invalid(`unknown version ${version}`);
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
    return { list: centroidList(0), total, rule };
  }
  if (weightWidth < 1 || weightWidth > 7) throw reader.invalid('weights of no known width');

  const list = centroidList(n);
  list.length = n;
  const atoms = readBits(reader, n, list.atom);
  const atomWidth: FloatWidth = flags & ATOMS_FLOAT32 ? 4 : 8;
  const plainWidth: FloatWidth = flags & PLAIN_FLOAT32 ? 4 : 8;
  const atomMeans = readFloats(reader.take(atoms * atomWidth), atomWidth);
  const plainMeans = readFloats(reader.take((n - atoms) * plainWidth), plainWidth);
  readIntegers(reader.take(n * weightWidth), n, weightWidth, list.weight);
  reader.end();

  const base = plainWidth === 4 ? min : 0;
  let nextAtom = 0;
  let nextPlain = 0;
  for (let i = 0; i < n; i++) {
    list.mean[i] = (list.atom[i] === 1 ? atomMeans[nextAtom++] : base + (plainMeans[nextPlain++] as number)) as number;
  }
  const fault = faultOf(list, total, min, max);
  if (fault !== null) throw reader.invalid(fault);
  return { list, total, rule };
}

/**
 * The plain means as float32 offsets from the minimum, or null where that loses something: where the order with a
 * neighbour changes, where a mean moves by more than 1/1000 of the gap to the nearer neighbour (so that no rank moves
 * by more than about 1/1000 of one centroid), or where encoding what was decoded would give other bytes.
 */
function offsetsFromMin(list: CentroidList): number[] | null {
  const { mean, atom, length } = list;
  const min = mean[0];
  const offsets: number[] = [];
  for (let i = 0; i < length; i++) {
    if (atom[i] === 1) continue;
    const offset = Math.fround(mean[i] - min);
    const decoded = min + offset;
    // The first and the last centroid are atoms, so a plain one has two neighbours.
    const gap = Math.min(mean[i] - mean[i - 1], mean[i + 1] - mean[i]);
    if (!(Math.abs(decoded - mean[i]) < gap / 1000)) return null;
    if (Math.fround(decoded - min) !== offset) return null;
    offsets.push(offset);
  }
  return offsets;
}

/** What of the promises of CentroidList is broken, or null. */
function faultOf(list: CentroidList, total: number, min: number, max: number): string | null {
  const { mean, weight, atom, length } = list;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    if (mean[i] - mean[i] !== 0 || Object.is(mean[i], -0)) return 'mean that is infinite, NaN or -0';
    if (i > 0 && !(mean[i] > mean[i - 1] || (mean[i] === mean[i - 1] && atom[i - 1] === 0)))
      return 'means out of order';
    if (weight[i] < 1) return 'centroid without weight';
    if (weight[i] === 1 && atom[i] === 0) return 'single value that is no atom';
    sum += weight[i];
    if (sum > MAX_COUNT) return 'weights above 2^53 - 1';
  }
  if (sum !== total) return 'weights that do not add up to the count';
  if (atom[0] !== 1 || atom[length - 1] !== 1) return 'first or last centroid that is no atom';
  if (mean[0] !== min || mean[length - 1] !== max) return 'means that do not reach from minimum to maximum';
  return null;
}

/** Reads `n` bits into `into`, refusing any that stray beyond; returns how many are set. */
function readBits(reader: ByteReader, n: number, into: Uint8Array): number {
  const bits = reader.take(bitBytes(n));
  if (n % 8 !== 0 && bits[bits.length - 1] >> (n % 8) !== 0) throw reader.invalid('bits beyond the last centroid');
  let set = 0;
  for (let i = 0; i < n; i++) {
    into[i] = (bits[i >> 3] >> (i & 7)) & 1;
    set += into[i];
  }
  return set;
}

function bitBytes(n: number): number {
  return (n + 7) >> 3;
}

function codeOfRule(rule: SizeRule): number {
  const named = [WINDOW_SIZE_RULE, BASELINE_SIZE_RULE].findIndex(
    ({ middle, tail }) => middle === rule.middle && tail === rule.tail,
  );
  return named < 0 ? OWN_RULE : named;
}

function readRule(code: number, reader: ByteReader): SizeRule {
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
