import { COUNT_BYTES, HEADER_BYTES, keysOf } from './read-keys.ts';

/**
 * Goes through the keys that the byte form of a Categories lists, most frequent first, equal counts by key (UTF-16 order),
 * without making strings of them: `while (cursor.next()) ...`. The bytes have to be valid, such as `toBytes` answers them.
 */
export class KeyCursor {
  /** Where the key, which is in UTF-8, begins in the bytes. */
  from = 0;
  /** Where it ends. */
  to: number = HEADER_BYTES - 2 * COUNT_BYTES;
  /** Its count. */
  count = 0;
  readonly #bytes: Uint8Array;
  #left: number;

  /** Of the `most` first keys. */
  constructor(bytes: Uint8Array, most: number) {
    this.#bytes = bytes;
    this.#left = Math.min(most, keysOf(bytes));
  }

  /** Goes to the next key, at first to the first; false where there is none. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const at = this.to + 2 * COUNT_BYTES;
    this.from = at + 1;
    this.to = this.from + this.#bytes[at];
    this.count = this.#word(this.to) + this.#word(this.to + 4) * 2 ** 32;
    return true;
  }

  #word(at: number): number {
    const bytes = this.#bytes;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }
}
