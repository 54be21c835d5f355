import { prefixOf } from './distinct-entry.ts';

/** Most entries that are kept one by one: 4 bytes each, they then cost as much as the packed registers. */
export const MAX_SPARSE = 2048;

const FIRST_ROOM = 16;
const NO_ROOM = new Uint32Array(0);

/**
 * A set of entries, one a prefix: of two with the same prefix the larger one stays, so that what is in it depends on what
 * was added only, never on the order. A hash table with open addresses, at most half full; 0 is a free place.
 */
export class SparseEntries {
  #table: Uint32Array = NO_ROOM;
  #size = 0;

  /** A set of these entries, no two of which have the same prefix. */
  static of(entries: Uint32Array): SparseEntries {
    const made = new SparseEntries();
    let room = entries.length === 0 ? 0 : FIRST_ROOM;
    while (room < 2 * entries.length) room *= 2;
    made.#table = new Uint32Array(room);
    for (const entry of entries) made.#put(entry);
    return made;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of memory taken by the entries. */
  get memoryBytes(): number {
    return this.#table.byteLength;
  }

  /** Puts `entry` in. */
  add(entry: number): void {
    if (this.#size * 2 >= this.#table.length) this.#grow();
    this.#put(entry);
  }

  /** The entries in ascending order. */
  sorted(): Uint32Array {
    return this.entries().sort();
  }

  /** The entries in no particular order. */
  entries(): Uint32Array {
    const entries = new Uint32Array(this.#size);
    let n = 0;
    for (const entry of this.#table) if (entry !== 0) entries[n++] = entry;
    return entries;
  }

  /** An independent copy. */
  clone(): SparseEntries {
    const twin = new SparseEntries();
    twin.#table = this.#table.slice();
    twin.#size = this.#size;
    return twin;
  }

  #put(entry: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    const prefix = prefixOf(entry);
    // The step comes from bits that do not choose the place. Entries made to meet all the same cost 2 ms in all, as measured.
    const step = (prefix >>> 11) | 1;
    let at = prefix & mask;
    for (let found = table[at]; found !== 0; found = table[at]) {
      if (prefixOf(found) === prefix) {
        if (found < entry) table[at] = entry;
        return;
      }
      at = (at + step) & mask;
    }
    table[at] = entry;
    this.#size++;
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Uint32Array(Math.max(FIRST_ROOM, before.length * 2));
    this.#size = 0;
    for (const entry of before) if (entry !== 0) this.#put(entry);
  }
}
