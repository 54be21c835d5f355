import { CODE_LIMIT, commonLimit, ESCAPE, gapOf, gapOfAny, LEAST_EXPONENT, MOST_EXPONENT } from './gap-code';
import {
  ATOM_MEANS,
  ATOM_WEIGHTS,
  BYTES,
  CODES,
  ESCAPES,
  HEADER_BYTES,
  MAX_CENTROIDS,
  MOST_BYTES,
  PLAIN_WEIGHTS,
  TOLD,
} from './layout';
import { readPlanes } from './planes';

const REFUSED: i32 = -1;
const MAX_COUNT: u64 = (1 << 53) - 1;

/**
 * Reads the byte form, version 2, of `length` bytes in BYTES into the list at `into`, its weight and size rule into TOLD,
 * and returns how many centroids there are. REFUSED, with the list unusable, unless the bytes are one valid form and nothing
 * else: what is wrong with them is for `sketch/src/digest-bytes.ts` to say, where the form is described.
 *
 * The bytes come from outside. Whatever they say, nothing beyond the columns is written and nothing beyond BYTES is read:
 * `n` is bounded before all else, and all lengths together must come to `length` before a column is read.
 */
export function readDigest(length: i32, into: i32): i32 {
  if (length < HEADER_BYTES || length > MOST_BYTES || load<u8>(BYTES) !== 2) return REFUSED;
  const flags = <i32>load<u8>(BYTES, 1);
  const n = <i32>load<u16>(BYTES, 3);
  const total = load<u64>(BYTES, 5);
  const ruleCode = flags & 3;
  if (flags > 7 || ruleCode > 2 || n > MAX_CENTROIDS || total > MAX_COUNT) return REFUSED;
  store<f64>(TOLD, <f64>total);
  let at: i32 = BYTES + HEADER_BYTES;
  if (ruleCode === 2) {
    const middle = load<f64>(at);
    const tail = load<f64>(at, 8);
    if (!(middle >= 0.002 && middle <= 0.5 && tail >= 0.02 && tail <= 1)) return REFUSED;
    store<f64>(TOLD, middle, 8);
    store<f64>(TOLD, tail, 16);
    at += 16;
  }

  const bits = at;
  at += (n + 7) >> 3;
  if ((n & 7) !== 0 && load<u8>(at - 1) >> <u8>(n & 7) !== 0) return REFUSED;
  const atoms = countBits(bits, at);
  const plain = n - atoms;
  const atomWidth: i32 = (flags & 4) !== 0 ? 4 : 8;
  const atomWeightWidth = <i32>load<u8>(BYTES, 2) & 15;
  const plainWeightWidth = <i32>load<u8>(BYTES, 2) >> 4;
  if (!isWidth(atomWeightWidth, atoms) || !isWidth(plainWeightWidth, plain)) return REFUSED;

  const atomMeans = at;
  at += atoms * atomWidth;
  let exponent: i32 = 0;
  let escapeCount: i32 = 0;
  if (plain > 0) {
    exponent = load<i16>(at);
    escapeCount = load<u16>(at, 2);
    if (exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT || escapeCount > plain) return REFUSED;
    at += 4;
  }
  const codes = at;
  const escapes = codes + plain * 2;
  const atomWeights = escapes + escapeCount * 8;
  const plainWeights = atomWeights + atoms * atomWeightWidth;
  if (plainWeights + plain * plainWeightWidth !== BYTES + length) return REFUSED;
  if (n === 0) return total === 0 && atomWidth === 8 ? 0 : REFUSED;
  if (!isBitSet(bits, 0) || !isBitSet(bits, n - 1)) return REFUSED;

  readPlanes(atomMeans, atoms, atomWidth, ATOM_MEANS);
  if (atomWidth === 4) widen(atoms);
  readPlanes(codes, plain, 2, CODES);
  readPlanes(escapes, escapeCount, 8, ESCAPES);
  readPlanes(atomWeights, atoms, atomWeightWidth, ATOM_WEIGHTS);
  readPlanes(plainWeights, plain, plainWeightWidth, PLAIN_WEIGHTS);
  return joinColumns(bits, n, exponent, escapeCount, into) === total ? n : REFUSED;
}

function countBits(from: i32, to: i32): i32 {
  let set: i32 = 0;
  for (let at = from; at < to; at++) set += popcnt<i32>(load<u8>(at));
  return set;
}

function isBitSet(bits: i32, i: i32): bool {
  return ((<i32>load<u8>(bits + (i >> 3)) >> (i & 7)) & 1) === 1;
}

function isWidth(width: i32, count: i32): bool {
  return count === 0 ? width === 0 : width >= 1 && width <= 7;
}

/** Makes doubles of the float32 in ATOM_MEANS. */
function widen(atoms: i32): void {
  const end = ATOM_MEANS + (atoms << 3);
  for (let at = ATOM_MEANS; at < end; at += 8) store<f64>(at, <f64>load<f32>(at));
}

/** No sum of weights that are to be read. */
const FAULT: u64 = u64.MAX_VALUE;

/**
 * Writes the centroids that the columns hold to `into`, and returns the sum of their weights; FAULT where they break what
 * is promised of lists (`sketch/src/centroid-list.ts`), or there are not `escapeCount` escapes.
 */
function joinColumns(bits: i32, n: i32, exponent: i32, escapeCount: i32, into: i32): u64 {
  let nextAtom: i32 = ATOM_MEANS;
  let nextPlain: i32 = CODES;
  let nextEscape: i32 = ESCAPES;
  let before: f64 = -Infinity;
  let isAfterAtom = true;
  let sum: u64 = 0;
  let all: u64 = 0;
  const common = commonLimit(exponent);
  for (let i = 0; i < n; i++) {
    let mean: f64;
    let weight: u64;
    if (isBitSet(bits, i)) {
      mean = load<f64>(nextAtom);
      weight = load<u64>(nextAtom, ATOM_WEIGHTS - ATOM_MEANS);
      nextAtom += 8;
      if (weight === 0 || !(mean > before || (mean === before && !isAfterAtom))) return FAULT;
      isAfterAtom = true;
      store<f64>(into, -(<f64>(<i64>weight)), 8);
    } else {
      const code = load<i32>(nextPlain);
      weight = load<u64>(nextPlain - (CODES - PLAIN_WEIGHTS));
      nextPlain += 8;
      if (code < common) mean = before + gapOf(code, exponent);
      else if (code < CODE_LIMIT) mean = before + gapOfAny(code, exponent);
      else if (code === ESCAPE) {
        mean = load<f64>(nextEscape);
        nextEscape += 8;
      } else return FAULT;
      if (weight < 2 || !(mean > before || (mean === before && !isAfterAtom))) return FAULT;
      isAfterAtom = false;
      store<f64>(into, <f64>(<i64>weight), 8);
    }
    if (reinterpret<i64>(mean) === i64.MIN_VALUE) return FAULT;
    store<f64>(into, mean);
    into += 16;
    sum += weight;
    all |= weight;
    before = mean;
  }
  // They ascend from a finite one (no -Infinity is more than what is before the first), so the last speaks for all. So many
  // weights of up to 2^53 - 1 do not overflow the sum.
  const isSound = before < Infinity && all <= MAX_COUNT && nextEscape === ESCAPES + (escapeCount << 3);
  return isSound ? sum : FAULT;
}
