import { fixUp } from './fix-up';
import { HIGH_COUNTS, LOW_COUNTS, MOVED, PATTERNS, PENDING, SORTED, WORDS } from './layout';
import { takePatterns } from './pattern';
import { toPlaces } from './places';

const KEY_BITS: i64 = 21;
const LARGEST_KEY: f64 = 2097151;
/** Added to a double from 0 to 2^51 it leaves the nearest integer in the low bits. */
const TO_INTEGER: f64 = 4503599627370496;

/** By keys of 21 bits, scaled evenly from the smallest value to the largest; false, with SORTED in disorder, where they are too uneven. */
export function sortBySize(n: i32): bool {
  const end = PENDING + ((n & ~3) << 3);
  let low0 = f64x2.splat(Infinity);
  let low1 = low0;
  let high0 = f64x2.splat(-Infinity);
  let high1 = high0;
  let at = PENDING;
  for (; at < end; at += 32) {
    const one = v128.load(at);
    const other = v128.load(at, 16);
    low0 = f64x2.pmin(low0, one);
    high0 = f64x2.pmax(high0, one);
    low1 = f64x2.pmin(low1, other);
    high1 = f64x2.pmax(high1, other);
  }
  low0 = f64x2.pmin(low0, low1);
  high0 = f64x2.pmax(high0, high1);
  let low = f64x2.extract_lane(low0, 0);
  let high = f64x2.extract_lane(high0, 0);
  if (f64x2.extract_lane(low0, 1) < low) low = f64x2.extract_lane(low0, 1);
  if (f64x2.extract_lane(high0, 1) > high) high = f64x2.extract_lane(high0, 1);
  for (const stop = PENDING + (n << 3); at < stop; at += 8) {
    const value = load<f64>(at);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = LARGEST_KEY / (high - low);
  // A range that overflows, or is so small that its inverse does.
  if (!(scale > 0 && scale < Infinity)) return false;
  clearCounts();
  const base = f64x2.splat(low);
  const factor = f64x2.splat(scale);
  const magic = f64x2.splat(TO_INTEGER);
  let i: i32 = 0;
  for (const even = n & ~3; i < even; i += 4) {
    const at = PENDING + (i << 3);
    const keys = f64x2.add(f64x2.mul(f64x2.sub(v128.load(at), base), factor), magic);
    const others = f64x2.add(f64x2.mul(f64x2.sub(v128.load(at, 16), base), factor), magic);
    countWord(i32x4.extract_lane(keys, 0), i);
    countWord(i32x4.extract_lane(keys, 2), i + 1);
    countWord(i32x4.extract_lane(others, 0), i + 2);
    countWord(i32x4.extract_lane(others, 2), i + 3);
  }
  for (; i < n; i++) {
    countWord(<i32>reinterpret<i64>((load<f64>(PENDING + (i << 3)) - low) * scale + TO_INTEGER), i);
  }
  return scatter(n);
}

/** The same with keys scaled evenly between bit patterns: for values of many orders of magnitude. */
export function sortByPattern(n: i32): bool {
  const shift = max<i64>(0, takePatterns(n) - KEY_BITS);
  clearCounts();
  for (let i = 0; i < n; i++) countWord(<i32>(load<u64>(PATTERNS + (i << 3)) >> shift), i);
  return scatter(n);
}

function clearCounts(): void {
  memory.fill(LOW_COUNTS, 0, 4096);
  memory.fill(HIGH_COUNTS, 0, 8192);
}

/** One word a value: a 21-bit key above its 11-bit place in the chunk. */
function countWord(key: i32, i: i32): void {
  store<i32>(WORDS + (i << 2), (key << 11) | i);
  const low = LOW_COUNTS + ((key & 1023) << 2);
  store<i32>(low, load<i32>(low) + 1);
  const high = HIGH_COUNTS + ((key >>> 10) << 2);
  store<i32>(high, load<i32>(high) + 1);
}

/** Two counting passes over the words, then insertion among equal keys; false when too many values share too few. */
function scatter(n: i32): bool {
  toPlaces(LOW_COUNTS, 1024, MOVED, 4);
  toPlaces(HIGH_COUNTS, 2048, SORTED, 8);
  // Four a turn: V8 looks for an interrupt at every turn of a loop.
  let at = WORDS;
  for (const end = WORDS + ((n & ~3) << 2); at < end; at += 16) {
    moveWord(load<u32>(at));
    moveWord(load<u32>(at, 4));
    moveWord(load<u32>(at, 8));
    moveWord(load<u32>(at, 12));
  }
  for (const end = WORDS + (n << 2); at < end; at += 4) moveWord(load<u32>(at));
  at = MOVED;
  for (const end = MOVED + ((n & ~3) << 2); at < end; at += 16) {
    fetchValue(load<u32>(at));
    fetchValue(load<u32>(at, 4));
    fetchValue(load<u32>(at, 8));
    fetchValue(load<u32>(at, 12));
  }
  for (const end = MOVED + (n << 2); at < end; at += 4) fetchValue(load<u32>(at));
  return fixUp(n);
}

/** To its place by the low bits of its key. */
function moveWord(word: u32): void {
  const slot = LOW_COUNTS + (((word >>> 11) & 1023) << 2);
  const place = load<i32>(slot);
  store<i32>(slot, place + 4);
  store<u32>(place, word);
}

/** The value of a word to its place by the high bits of its key. */
function fetchValue(word: u32): void {
  const slot = HIGH_COUNTS + ((word >>> 21) << 2);
  const place = load<i32>(slot);
  store<i32>(slot, place + 8);
  store<f64>(place, load<f64>(PENDING + ((word & 2047) << 3)));
}
