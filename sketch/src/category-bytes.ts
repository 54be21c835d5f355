import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type CategoryEntry, MAX_CATEGORY_CAP } from './category-entry.ts';
import { MAX_KEY_BYTES } from './category-key.ts';
import type { CategoryTable } from './category-table.ts';
import { MAX_COUNT } from './count.ts';
import { Distinct } from './distinct.ts';
import { isAscii, textOfUtf8 } from './utf8.ts';

/*
 * Byte form of a Categories, version 2, little-endian:
 *
 *   0  u8   version, 2
 *   1  u8   1 when exact, else 0
 *   2  u16  cap
 *   4  u16  n, listed keys
 *   6  u64  total, u64 other, u64 underCount
 *  30  n times, by descending count then key: u8 bytes of the key, the key in UTF-8, u64 count, u64 overCount
 *      only when not exact: u16 length, the byte form of the Distinct of all keys
 *
 * Version 1 ended before the Distinct; it is still read. What it lost of the keys that are not listed stays lost.
 */
const VERSION = 2;
const VERSION_WITHOUT_DISTINCT = 1;
const HEADER_BYTES = 30;
/** Bytes of an entry but for its key. */
const ENTRY_BYTES = 17;
/** What is encoded is written here first; larger where that is too small. */
let out = new ByteWriter(1 << 15);

/** What a Categories is made of, apart from its listed keys; `distinct` is null when exact or read from version 1. */
export type CategoriesState = {
  readonly cap: number;
  readonly total: number;
  readonly other: number;
  readonly underCount: number;
  readonly exact: boolean;
  readonly distinct: Distinct | null;
};

/** The byte form, good until the next one is asked for; `order` of the table's slots, `distinct` null only when exact. */
export function encodeCategories(state: CategoriesState, table: CategoryTable, order: Uint16Array): Uint8Array {
  const { keys, counts, overs } = table;
  const distinct = state.distinct?.toBytes();
  const most = HEADER_BYTES + keys.length * (ENTRY_BYTES + MAX_KEY_BYTES) + (distinct ? 2 + distinct.length : 0);
  if (out.bytes.length < most) out = new ByteWriter(most);
  out.restart();
  out.u8(VERSION);
  out.u8(state.exact ? 1 : 0);
  out.u16(state.cap);
  out.u16(keys.length);
  out.count(state.total);
  out.count(state.other);
  out.count(state.underCount);
  for (let i = 0; i < order.length; i++) {
    const slot = order[i];
    const length = out.skip(1);
    out.bytes[length] = out.text(keys[slot]);
    out.count(counts[slot]);
    out.count(overs[slot]);
  }
  if (distinct) {
    out.u16(distinct.length);
    out.bytes.set(distinct, out.skip(distinct.length));
  }
  return out.written;
}

/** The keys of the bytes read last, in their order: where each stands in them, and its counts. Good until the next are read. */
export type ReadKeys = {
  bytes: Uint8Array;
  length: number;
  readonly at: Uint32Array;
  readonly lengths: Uint8Array;
  readonly counts: Float64Array;
  readonly overs: Float64Array;
  /** By which keys in ASCII are found, see `hashOf`; without meaning for others, which `isAscii` tells. */
  readonly hashes: Int32Array;
  readonly isAscii: Uint8Array;
};

/** See ReadKeys. */
export const readKeys: ReadKeys = {
  bytes: new Uint8Array(0),
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

/** The `most` first entries of bytes, in their order. */
export function readEntries(bytes: Uint8Array, most: number): CategoryEntry[] {
  readCategories(bytes);
  const { length, counts, overs } = readKeys;
  return Array.from({ length: Math.min(most, length) }, (_, i) => {
    return { key: readKey(i), count: counts[i], overCount: overs[i] };
  });
}

/** Whether these bytes, which are valid, are of the version that is written. */
export function isNewestForm(bytes: Uint8Array): boolean {
  return bytes[0] === VERSION;
}

/**
 * Reads what `encodeCategories` was given, the keys into `readKeys`. Throws SKETCH_BYTES_INVALID unless the bytes are one
 * valid form and nothing else.
 */
export function readCategories(bytes: Uint8Array): CategoriesState {
  const reader = new ByteReader(bytes, 'categories');
  const version = reader.u8();
  if (version !== VERSION && version !== VERSION_WITHOUT_DISTINCT) throw reader.invalid(`unknown version ${version}`);
  const flags = reader.u8();
  if (flags > 1) throw reader.invalid('unknown flags');
  const exact = flags === 1;
  const cap = reader.u16();
  if (cap < 1 || cap > MAX_CATEGORY_CAP) throw reader.invalid(`cap ${cap}`);
  const n = reader.u16();
  if (n > cap) throw reader.invalid('more keys than the cap');
  const total = reader.count();
  const other = reader.count();
  const lost = reader.count();
  readKeys.bytes = bytes;
  readKeys.length = n;
  for (let i = 0; i < n; i++) readEntry(bytes, reader, i);
  const distinct = version === VERSION && !exact ? Distinct.fromBytes(reader.take(reader.u16())) : null;
  reader.end();
  // Version 1 added bounds up where they could not hold any more; nothing occurs more often than the total.
  const underCount = version === VERSION_WITHOUT_DISTINCT ? Math.min(lost, total) : lost;
  const state: CategoriesState = { cap, total, other, underCount, exact, distinct };
  const fault = faultOf(state, n);
  if (fault !== null) throw reader.invalid(fault);
  return state;
}

function readEntry(bytes: Uint8Array, reader: ByteReader, i: number): void {
  const length = reader.u8();
  if (length > MAX_KEY_BYTES) throw reader.invalid(`key of ${length} bytes`);
  const at = reader.skip(length);
  const end = at + length;
  let hash = FIRST_HASH;
  let all = 0;
  for (let byte = at; byte < end; byte++) {
    all |= bytes[byte];
    hash = Math.imul(hash ^ bytes[byte], HASH_PRIME);
  }
  if (!isAscii(all) && textOfUtf8(bytes.subarray(at, end)) === null) throw reader.invalid('key that is no UTF-8');
  const count = reader.count();
  const overCount = reader.count();
  // The string that made a key take over another's place is a count of its own.
  if (count < 1 || overCount >= count) throw reader.invalid('impossible counts of a key');
  readKeys.at[i] = at;
  readKeys.lengths[i] = length;
  readKeys.counts[i] = count;
  readKeys.overs[i] = overCount;
  readKeys.hashes[i] = hash;
  readKeys.isAscii[i] = isAscii(all) ? 1 : 0;
}

// Fowler, Noll and Vo's hash of 32 bits, 1a, in their words offset basis and prime (RFC 9923).
const FIRST_HASH = 0x811c9dc5 | 0;
const HASH_PRIME = 0x01000193;

/** The hash of a key in ASCII, by which keys are found without making strings of them. */
export function hashOf(key: string): number {
  let hash = FIRST_HASH;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), HASH_PRIME);
  return hash;
}

function faultOf({ total, other, underCount, exact }: CategoriesState, n: number): string | null {
  const { counts, overs } = readKeys;
  let sum = other;
  for (let i = 0; i < n; i++) {
    sum += counts[i];
    if (sum > MAX_COUNT) return 'counts above 2^53 - 1';
    if (exact && overs[i] > 0) return 'over-counts, yet exact';
    if (i > 0 && !areInOrder(i - 1, i)) return 'keys out of order';
  }
  if (sum !== total) return 'counts that do not add up to the total';
  if (underCount > total) return 'an under-count above the total';
  if (exact && (other > 0 || underCount > 0)) return 'lost counts, yet exact';
  if (n === 0 && (total > 0 || !exact)) return 'no keys, yet not empty';
  return hasOneTwice(n) ? 'the same key twice' : null;
}

/** By descending count, equal counts by key in the order of UTF-16, which for ASCII is that of the bytes. */
function areInOrder(i: number, j: number): boolean {
  const { bytes, at, lengths, counts, isAscii: ascii } = readKeys;
  if (counts[i] !== counts[j]) return counts[i] > counts[j];
  if (ascii[i] === 0 || ascii[j] === 0) return readKey(i) < readKey(j);
  const both = Math.min(lengths[i], lengths[j]);
  for (let k = 0; k < both; k++) {
    const step = bytes[at[i] + k] - bytes[at[j] + k];
    if (step !== 0) return step < 0;
  }
  return lengths[i] < lengths[j];
}

/** Places of keys by hash, at most half of them taken; -1 where none is. */
const places = new Int16Array(2 * MAX_CATEGORY_CAP);

function hasOneTwice(n: number): boolean {
  const size = placesFor(n);
  const { hashes } = readKeys;
  places.fill(-1, 0, size);
  for (let i = 0; i < n; i++) {
    let place = hashes[i] & (size - 1);
    for (; places[place] >= 0; place = (place + 1) & (size - 1)) if (areSame(places[place], i)) return true;
    places[place] = i;
  }
  return false;
}

function areSame(i: number, j: number): boolean {
  const { bytes, at, lengths, hashes } = readKeys;
  if (hashes[i] !== hashes[j] || lengths[i] !== lengths[j]) return false;
  for (let k = 0; k < lengths[i]; k++) if (bytes[at[i] + k] !== bytes[at[j] + k]) return false;
  return true;
}

/** How many places a table of `n` keys has: a power of two, at least twice as many. */
export function placesFor(n: number): number {
  let size = 16;
  while (size < 2 * n) size *= 2;
  return size;
}
