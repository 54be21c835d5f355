import type { ByteWriter } from './byte-writer.ts';
import { type CategoryEntry, MAX_CATEGORY_CAP } from './category-entry.ts';
import { orderByCount } from './count-order.ts';
import { orderByKey } from './key-alphabet.ts';
import { mostSteps, placesFor } from './key-places.ts';
import { COUNT_BYTES, readKeys } from './read-keys.ts';
import { textOfUtf8 } from './utf8.ts';

/** Bytes are copied and compared four at a time: so many may follow the last key. */
const BEYOND = 3;
/** Room that is made besides a quarter more than what is listed first. */
const FEW = 4;
/** Slots of the keys that were read last. */
const foundSlots = new Int16Array(MAX_CATEGORY_CAP);

/**
 * The keys and counts that byte forms list together, without over-counts. They are found, ordered and written by their
 * bytes: no string is made of any. Keys have slots 0, 1, 2, ... and stay.
 */
export class KeyTable {
  #size = 0;
  /** The keys in UTF-8, one after the other, each behind its length. */
  #bytes = new Uint8Array(BEYOND);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;
  /** By slot: where the key begins. */
  #at = new Uint32Array(0);
  #lengths = new Uint8Array(0);
  #counts = new Float64Array(0);
  #hashes = new Int32Array(0);
  /** Slots by hash, at most half of them taken; -1 where there is none. */
  #places = new Int16Array(0);
  /** Slots by key, as far as they have been ordered. */
  #alphabet = new Uint16Array(0);
  #alphabetSize = 0;
  /** Slots by descending count, equal counts by key, while `#isOrdered`. */
  #order = new Uint16Array(0);
  #isOrdered = false;

  /** How many keys are listed. */
  get size(): number {
    return this.#size;
  }

  /**
   * Counts in every key of those read last, which may not have over-counts, where all of them then have one of `cap` places.
   * Else, and where their hashes collide as those of honest keys never do, it answers false: what was listed can then still be
   * read out, but nothing more counted in.
   */
  takeInRead(cap: number): boolean {
    const { length, counts: theirs } = readKeys;
    const before = this.#size;
    if (before === 0) this.#makeFirstRoom(length);
    if (!this.#findRead(cap)) {
      this.#size = before;
      return false;
    }
    const counts = this.#counts;
    for (let i = 0; i < length; i++) counts[foundSlots[i]] += theirs[i];
    this.#isOrdered = false;
    return true;
  }

  /** The entries by descending count, equal counts by key (UTF-16 order); the first `most` of them. */
  entries(most: number): CategoryEntry[] {
    const order = this.#ordered();
    return Array.from({ length: Math.min(most, this.#size) }, (_, i) => {
      const [from, length] = [this.#at[order[i]], this.#lengths[order[i]]];
      const key = textOfUtf8(this.#bytes.subarray(from, from + length)) as string;
      return { key, count: this.#counts[order[i]], overCount: 0 };
    });
  }

  /** Writes them as category-bytes.ts describes, in the order of `entries` or by slot. */
  write(out: ByteWriter, by: 'count' | 'slot'): void {
    const order = by === 'count' ? this.#ordered() : null;
    const [view, at, lengths, counts, size] = [this.#view, this.#at, this.#lengths, this.#counts, this.#size];
    for (let i = 0; i < size; i++) {
      const slot = order === null ? i : order[i];
      out.fours(view, at[slot] - 1, 1 + lengths[slot]);
      out.count(counts[slot]);
      out.count(0);
    }
  }

  /** Fills `foundSlots`, listing what is not listed with a count of 0. */
  #findRead(cap: number): boolean {
    const { length, hashes } = readKeys;
    let [places, ours] = [this.#places, this.#hashes];
    let steps = mostSteps(this.#size + length);
    for (let i = 0; i < length; i++) {
      const hash = hashes[i];
      let place = hash & (places.length - 1);
      let slot = places[place];
      while (slot >= 0 && (ours[slot] !== hash || !this.#isRead(slot, i))) {
        if (--steps < 0) return false;
        place = (place + 1) & (places.length - 1);
        slot = places[place];
      }
      if (slot < 0) {
        if (this.#size === cap) return false;
        slot = this.#list(i, place);
        [places, ours] = [this.#places, this.#hashes];
      }
      foundSlots[i] = slot;
    }
    return true;
  }

  /** Whether the key of `slot` is the one `i` of those read last. */
  #isRead(slot: number, i: number): boolean {
    const length = this.#lengths[slot];
    if (length !== readKeys.lengths[i]) return false;
    const [ours, theirs, our, their] = [this.#view, readKeys.view, this.#at[slot], readKeys.at[i]];
    for (let k = 0; k < length; k += 4) {
      const difference = ours.getInt32(our + k, true) ^ theirs.getInt32(their + k, true);
      if ((length - k < 4 ? difference & ((1 << (8 * (length - k))) - 1) : difference) !== 0) return false;
    }
    return true;
  }

  /** Lists key `i` of those read last, whose place by hash is free; returns its slot. */
  #list(i: number, place: number): number {
    const slot = this.#size++;
    const length = readKeys.lengths[i];
    if (this.#end + 1 + length + BEYOND > this.#bytes.length) this.#makeByteRoom(2 * this.#bytes.length + length);
    const from = readKeys.at[i] - 1;
    for (let k = 0; k <= length; k += 4) {
      this.#view.setInt32(this.#end + k, readKeys.view.getInt32(from + k, true), true);
    }
    if (slot === this.#counts.length) this.#makeRoom(2 * slot);
    this.#at[slot] = this.#end + 1;
    this.#lengths[slot] = length;
    this.#counts[slot] = 0;
    this.#hashes[slot] = readKeys.hashes[i];
    this.#end += 1 + length;
    if (this.#places.length < 2 * this.#size) this.#makePlaces();
    else this.#places[place] = slot;
    return slot;
  }

  #ordered(): Uint16Array {
    if (this.#isOrdered) return this.#order;
    const [size, alphabet] = [this.#size, this.#alphabet];
    if (this.#alphabetSize < size) {
      const keys = { bytes: this.#bytes, at: this.#at, lengths: this.#lengths };
      orderByKey(alphabet, keys, this.#alphabetSize, size);
      this.#alphabetSize = size;
    }
    for (let i = 0; i < size; i++) this.#order[i] = alphabet[i];
    orderByCount(this.#order, this.#counts, size);
    this.#isOrdered = true;
    return this.#order;
  }

  /** For the keys read last and a few to come. */
  #makeFirstRoom(length: number): void {
    this.#makeRoom(length + (length >> 2) + FEW);
    this.#makePlaces();
    const bytes = readKeys.bytes.length - 2 * COUNT_BYTES * length;
    this.#makeByteRoom(bytes + (bytes >> 2));
  }

  #makeByteRoom(length: number): void {
    this.#bytes = grown(new Uint8Array(length + BEYOND), this.#bytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  #makeRoom(keys: number): void {
    this.#at = grown(new Uint32Array(keys), this.#at);
    this.#lengths = grown(new Uint8Array(keys), this.#lengths);
    this.#counts = grown(new Float64Array(keys), this.#counts);
    this.#hashes = grown(new Int32Array(keys), this.#hashes);
    this.#alphabet = grown(new Uint16Array(keys), this.#alphabet);
    this.#order = new Uint16Array(keys);
    this.#isOrdered = false;
  }

  #makePlaces(): void {
    // Room for as many again as there is by slot, so that both grow together.
    const places = new Int16Array(placesFor(this.#counts.length)).fill(-1);
    for (let slot = 0; slot < this.#size; slot++) {
      let place = this.#hashes[slot] & (places.length - 1);
      while (places[place] >= 0) place = (place + 1) & (places.length - 1);
      places[place] = slot;
    }
    this.#places = places;
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(larger: T, array: T): T {
  larger.set(array);
  return larger;
}
