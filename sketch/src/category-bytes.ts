import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { byCountThenKey, type CategoryEntry, MAX_CATEGORY_CAP } from './category-entry.ts';
import { MAX_KEY_BYTES } from './category-key.ts';
import { MAX_COUNT } from './count.ts';
import { Distinct } from './distinct.ts';
import { textOfUtf8, utf8Length } from './utf8.ts';

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

/** What a Categories is made of, for its byte form; `distinct` is null when exact or read from version 1. */
export type CategoriesState = {
  cap: number;
  total: number;
  other: number;
  underCount: number;
  exact: boolean;
  entries: readonly CategoryEntry[];
  distinct: Distinct | null;
};

/** The byte form; `entries` in the order of `byCountThenKey`, `distinct` null only when exact. */
export function encodeCategories(state: CategoriesState): Uint8Array {
  const { entries } = state;
  const distinct = state.distinct?.toBytes();
  let size = HEADER_BYTES;
  for (const { key } of entries) size += 17 + utf8Length(key);
  const out = new ByteWriter(size + (distinct ? 2 + distinct.length : 0));
  out.u8(VERSION);
  out.u8(state.exact ? 1 : 0);
  out.u16(state.cap);
  out.u16(state.entries.length);
  out.count(state.total);
  out.count(state.other);
  out.count(state.underCount);
  for (const { key, count, overCount } of entries) {
    out.u8(utf8Length(key));
    out.text(key);
    out.count(count);
    out.count(overCount);
  }
  if (distinct) {
    out.u16(distinct.length);
    out.take(distinct.length).set(distinct);
  }
  return out.bytes;
}

/** What `encodeCategories` was given. Throws SKETCH_BYTES_INVALID unless the bytes are one valid form and nothing else. */
export function decodeCategories(bytes: Uint8Array): CategoriesState {
  const reader = new ByteReader(bytes, 'categories');
  const version = reader.u8();
  if (version !== VERSION && version !== VERSION_WITHOUT_DISTINCT) throw reader.invalid(`unknown version ${version}`);
  const flags = reader.u8();
  if (flags > 1) throw reader.invalid('unknown flags');
  const cap = reader.u16();
  if (cap < 1 || cap > MAX_CATEGORY_CAP) throw reader.invalid(`cap ${cap}`);
  const n = reader.u16();
  if (n > cap) throw reader.invalid('more keys than the cap');
  const entries: CategoryEntry[] = [];
  const state: CategoriesState = {
    cap,
    exact: flags === 1,
    total: reader.count(),
    other: reader.count(),
    underCount: reader.count(),
    entries,
    distinct: null,
  };
  for (let i = 0; i < n; i++) entries.push(readEntry(reader));
  if (version === VERSION && !state.exact) state.distinct = Distinct.fromBytes(reader.take(reader.u16()));
  reader.end();
  // Version 1 added bounds up where they could not hold any more; nothing occurs more often than the total.
  if (version === VERSION_WITHOUT_DISTINCT) state.underCount = Math.min(state.underCount, state.total);
  const fault = faultOf(state);
  if (fault !== null) throw reader.invalid(fault);
  return state;
}

function readEntry(reader: ByteReader): CategoryEntry {
  const length = reader.u8();
  if (length > MAX_KEY_BYTES) throw reader.invalid(`key of ${length} bytes`);
  const key = textOfUtf8(reader.take(length));
  if (key === null) throw reader.invalid('key that is no UTF-8');
  const count = reader.count();
  const overCount = reader.count();
  // The string that made a key take over another's place is a count of its own.
  if (count < 1 || overCount >= count) throw reader.invalid('impossible counts of a key');
  return { key, count, overCount };
}

function faultOf({ total, other, underCount, exact, entries }: CategoriesState): string | null {
  let sum = other;
  let before: CategoryEntry | undefined;
  for (const entry of entries) {
    sum += entry.count;
    if (sum > MAX_COUNT) return 'counts above 2^53 - 1';
    if (exact && entry.overCount > 0) return 'over-counts, yet exact';
    if (before && byCountThenKey(before, entry) >= 0) return 'keys out of order';
    before = entry;
  }
  if (sum !== total) return 'counts that do not add up to the total';
  if (underCount > total) return 'an under-count above the total';
  if (exact && (other > 0 || underCount > 0)) return 'lost counts, yet exact';
  if (entries.length === 0 && (total > 0 || !exact)) return 'no keys, yet not empty';
  const seen = new Set(entries.map(({ key }) => key));
  return seen.size === entries.length ? null : 'the same key twice';
}
