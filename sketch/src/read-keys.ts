import { type CategoryEntry, MAX_CATEGORY_CAP } from './category-entry.ts';
import { MAX_KEY_BYTES } from './category-key.ts';
import { textOfUtf8 } from './utf8.ts';

/** Bytes of a Categories' byte form before its entries, see category-bytes.ts. */
export const HEADER_BYTES = 30;
/** Bytes of an entry but for its key. */
export const ENTRY_BYTES = 17;
/** Bytes of a count. */
export const COUNT_BYTES = 8;
const SIZE_AT = 4;
/** High half of 2^53 - 1. */
const MAX_HIGH = 0x1fffff;

/**
 * The keys of the bytes read last, in their order: where each stands in them, and its counts. Good until the next are
 * read.
 */
export type ReadKeys = {
  bytes: Uint8Array;
  view: DataView;
  length: number;
  readonly at: Uint32Array;
  readonly lengths: Uint8Array;
  readonly counts: Float64Array;
  readonly overs: Float64Array;
  readonly hashes: Int32Array;
  /** 1 where the key is in ASCII, else 0. */
  readonly isAscii: Uint8Array;
};

/** See ReadKeys. */
export const readKeys: ReadKeys = {
  bytes: new Uint8Array(0),
  view: new DataView(new ArrayBuffer(0)),
  length: 0,
  at: new Uint32Array(MAX_CATEGORY_CAP),
  lengths: new Uint8Array(MAX_CATEGORY_CAP),
  counts: new Float64Array(MAX_CATEGORY_CAP),
  overs: new Float64Array(MAX_CATEGORY_CAP),
  hashes: new Int32Array(MAX_CATEGORY_CAP),
  isAscii: new Uint8Array(MAX_CATEGORY_CAP),
};

/** The key `i` of those read last. */
export function readKey(i: number): string {
  const { bytes, at, lengths } = readKeys;
  return textOfUtf8(bytes.subarray(at[i], at[i] + lengths[i])) as string;
}

/** Reads the first `most` keys of bytes that have been checked. */
export function readAgain(bytes: Uint8Array, most = Infinity): void {
  let at = beginReading(bytes, Math.min(most, keysOf(bytes)));
  for (let i = 0; i < readKeys.length; i++) at = readEntry(at, i);
}

/** How many keys bytes that have been checked list. */
export function keysOf(bytes: Uint8Array): number {
  return bytes[SIZE_AT] | (bytes[SIZE_AT + 1] << 8);
}

/** The first `most` entries of bytes that have been checked, in their order. */
export function readEntries(bytes: Uint8Array, most: number): CategoryEntry[] {
  readAgain(bytes, most);
  const { length, counts, overs } = readKeys;
  return Array.from({ length }, (_, i) => ({ key: readKey(i), count: counts[i], overCount: overs[i] }));
}

/** Gets ready for `length` entries of `bytes`; returns where the first begins. */
export function beginReading(bytes: Uint8Array, length: number): number {
  readKeys.bytes = bytes;
  readKeys.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  readKeys.length = length;
  return HEADER_BYTES;
}

/** Different in each process, so that it takes more than to know this file to make keys of one hash; see also `mostSteps`. */
const FIRST_HASH = Math.floor(Math.random() * 2 ** 32) | 0;
/** 2^32 over the golden ratio, odd: Fibonacci hashing (Knuth, The Art of Computer Programming 3, section 6.4). */
const HASH_FACTOR = 0x9e3779b1 | 0;
const HASH_SHIFT = 15;
const NOT_ASCII = 0x80808080 | 0;

/**
 * Reads the entry that begins `at` as the one of key `i`. Returns where the next begins, or -1 where it is none; whether its
 * key is UTF-8 is up to the caller.
 */
export function readEntry(at: number, i: number): number {
  const { view } = readKeys;
  if (at >= view.byteLength) return -1;
  const length = view.getUint8(at);
  const next = at + ENTRY_BYTES + length;
  if (length > MAX_KEY_BYTES || next > view.byteLength) return -1;
  const end = at + 1 + length;
  let hash = FIRST_HASH ^ length;
  let all = 0;
  let from = at + 1;
  // Four bytes at once; the counts behind the key are more than the last four can reach beyond it.
  for (; from < end; from += 4) {
    const left = end - from;
    const four = left < 4 ? view.getInt32(from, true) & ((1 << (8 * left)) - 1) : view.getInt32(from, true);
    all |= four;
    hash = Math.imul(hash ^ four, HASH_FACTOR);
    hash ^= hash >>> HASH_SHIFT;
  }
  const high = view.getUint32(end + 4, true);
  const highOver = view.getUint32(end + COUNT_BYTES + 4, true);
  if (high > MAX_HIGH || highOver > MAX_HIGH) return -1;
  const count = high * 2 ** 32 + view.getUint32(end, true);
  const over = highOver * 2 ** 32 + view.getUint32(end + COUNT_BYTES, true);
  // The string that made a key take over another's place is a count of its own.
  if (count < 1 || over >= count) return -1;
  readKeys.at[i] = at + 1;
  readKeys.lengths[i] = length;
  readKeys.counts[i] = count;
  readKeys.overs[i] = over;
  readKeys.hashes[i] = hash;
  readKeys.isAscii[i] = (all & NOT_ASCII) === 0 ? 1 : 0;
  return next;
}
