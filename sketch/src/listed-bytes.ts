import type { ByteWriter } from './byte-writer.ts';
import type { CategoryEntry } from './category-entry.ts';
import { KeyTable } from './key-table.ts';
import { readAgain, readEntries } from './read-keys.ts';

/** The listed keys of exact Categories that came as bytes: those as they are, until others are merged in. */
export class ListedBytes {
  #packed: Uint8Array | null = null;
  #packedSize = 0;
  #table: KeyTable | null = null;

  /** Of a byte form with `size` keys, checked, that nobody changes from now on; without one nothing is listed. */
  constructor(packed: Uint8Array | null, size: number) {
    this.#packed = packed;
    this.#packedSize = size;
  }

  /** How many keys are listed. */
  get size(): number {
    return this.#table?.size ?? this.#packedSize;
  }

  /** The byte form, where it still is what came. */
  get packed(): Uint8Array | null {
    return this.#packed;
  }

  /** The first `most` entries in their order. */
  entries(most: number): CategoryEntry[] {
    return this.#packed === null ? (this.#table?.entries(most) ?? []) : readEntries(this.#packed, most);
  }

  /** Writes all that is not packed, see KeyTable. */
  write(out: ByteWriter, by: 'count' | 'slot'): void {
    this.#table?.write(out, by);
  }

  /**
   * Counts in the keys of a byte form that is checked and exact. Where that is not possible, see KeyTable, it answers false:
   * nothing has changed then, and all can be read out, but nothing more counted in.
   */
  takeIn(bytes: Uint8Array, cap: number): boolean {
    if (this.#packed !== null) {
      const table = new KeyTable();
      readAgain(this.#packed);
      if (!table.takeInRead(cap)) return false;
      this.#table = table;
      this.#packed = null;
    }
    this.#table ??= new KeyTable();
    readAgain(bytes);
    return this.#table.takeInRead(cap);
  }
}
