import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { MAX_CATEGORY_CAP } from './category-entry.ts';
import { MAX_KEY_BYTES } from './category-key.ts';
import type { CategoryTable } from './category-table.ts';
import { MAX_COUNT } from './count.ts';
import { Distinct } from './distinct.ts';
import { compareKeys } from './key-order.ts';
import type { ListedBytes } from './listed-bytes.ts';
import { beginReading, ENTRY_BYTES, HEADER_BYTES, readEntry, readKeys } from './read-keys.ts';
import { isAnyReadTwice } from './repeated-key.ts';
import { textOfUtf8 } from './utf8.ts';

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
  encodeHeader(state, keys.length, distinct ? 2 + distinct.length : 0);
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

/** The same where the keys are all there are; by slot it is none that may be handed out. */
export function encodeListed(state: CategoriesState, keys: ListedBytes, by: 'count' | 'slot'): Uint8Array {
  encodeHeader(state, keys.size, 0);
  keys.write(out, by);
  return out.written;
}

function encodeHeader(state: CategoriesState, keys: number, behind: number): void {
  const most = HEADER_BYTES + keys * (ENTRY_BYTES + MAX_KEY_BYTES) + behind;
  if (out.bytes.length < most) out = new ByteWriter(most);
  out.restart();
  out.u8(VERSION);
  out.u8(state.exact ? 1 : 0);
  out.u16(state.cap);
  out.u16(keys);
  out.count(state.total);
  out.count(state.other);
  out.count(state.underCount);
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
  let at = beginReading(bytes, n);
  for (let i = 0; i < n; i++) {
    const next = readEntry(at, i);
    if (next < 0 || (readKeys.isAscii[i] === 0 && !isUtf8(i))) {
      reader.skip(at - HEADER_BYTES);
      throw refusalOfEntry(bytes, reader);
    }
    at = next;
  }
  reader.skip(at - HEADER_BYTES);
  const distinct = version === VERSION && !exact ? Distinct.fromBytes(reader.take(reader.u16())) : null;
  reader.end();
  // Version 1 added bounds up where they could not hold any more; nothing occurs more often than the total.
  const underCount = version === VERSION_WITHOUT_DISTINCT ? Math.min(lost, total) : lost;
  const state: CategoriesState = { cap, total, other, underCount, exact, distinct };
  const fault = faultOf(state, n);
  if (fault !== null) throw reader.invalid(fault);
  return state;
}

function isUtf8(i: number): boolean {
  const { bytes, at, lengths } = readKeys;
  return textOfUtf8(bytes.subarray(at[i], at[i] + lengths[i])) !== null;
}

/** What is wrong with the entry that the reader is at. */
function refusalOfEntry(bytes: Uint8Array, reader: ByteReader): Error {
  const length = reader.u8();
  if (length > MAX_KEY_BYTES) return reader.invalid(`key of ${length} bytes`);
  const at = reader.skip(length);
  if (textOfUtf8(bytes.subarray(at, at + length)) === null) return reader.invalid('key that is no UTF-8');
  // Either may be cut short or too large, which the reader says by itself.
  reader.count();
  reader.count();
  return reader.invalid('impossible counts of a key');
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
  return isAnyReadTwice() ? 'the same key twice' : null;
}

/** By descending count, equal counts by key. */
function areInOrder(i: number, j: number): boolean {
  const { counts } = readKeys;
  return counts[i] === counts[j] ? compareKeys(readKeys, i, j) < 0 : counts[i] > counts[j];
}
