import type { ByteWriter } from './byte-writer.ts';
import { type CategoryEntry, MAX_CATEGORY_CAP } from './category-entry.ts';
import { orderByCount } from './count-order.ts';
import { orderByKey } from './key-alphabet.ts';
import { mostSteps, placesFor } from './key-places.ts';
import { growSlots, makeSlots } from './key-slots.ts';
import { COUNT_BYTES, readKeys } from './read-keys.ts';
import { textOfUtf8 } from './utf8.ts';

/** Bytes are copied and compared four at a time: so many may follow the last key. */
const BEYOND = 3;
const FEW = 4;
const NO_SLOTS = makeSlots(0);
const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
const NO_PLACES = new Int16Array(0);
/** Slots of the keys that were read last. */
const foundSlots = new Int16Array(MAX_CATEGORY_CAP);

/**
 * The keys and counts that byte forms list together, without over-counts. They are found, ordered and written by their
 * bytes: no string is made of any. Keys have slots 0, 1, 2, ... and stay.
 */
export class KeyTable {
  #size = 0;
  #slots = NO_SLOTS;
  /** The keys in UTF-8, one after the other, each behind its length. */
  #bytes = NO_BYTES;
  #view = NO_VIEW;
  #end = 0;
  /** Slots by hash, at most half of them taken; -1 where there is none. */
  #places = NO_PLACES;
  /** How many slots have been put in alphabetical order. */
  #alphabetSize = 0;
  /** Whether the slots are in the order of their counts. */
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
    if (this.#slots.room === 0) this.#makeFirstRoom(length);
    if (!this.#findRead(cap)) {
      this.#size = before;
      return false;
    }
    const { counts } = this.#slots;
    for (let i = 0; i < length; i++) counts[foundSlots[i]] += theirs[i];
    this.#isOrdered = false;
    return true;
  }

  /** The entries by descending count, equal counts by key (UTF-16 order); the first `most` of them. */
  entries(most: number): CategoryEntry[] {
    const order = this.#ordered();
    const { at, lengths, counts } = this.#slots;
    return Array.from({ length: Math.min(most, this.#size) }, (_, i) => {
      const slot = order[i];
      const key = textOfUtf8(this.#bytes.subarray(at[slot], at[slot] + lengths[slot])) as string;
      return { key, count: counts[slot], overCount: 0 };
    });
  }

  /** Writes them as category-bytes.ts describes, in the order of `entries` or by slot. */
  write(out: ByteWriter, by: 'count' | 'slot'): void {
    const order = by === 'count' ? this.#ordered() : null;
    const { at, lengths, counts } = this.#slots;
    const [view, size] = [this.#view, this.#size];
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
    let [places, ours] = [this.#places, this.#slots.hashes];
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
        [places, ours] = [this.#places, this.#slots.hashes];
      }
      foundSlots[i] = slot;
    }
    return true;
  }

  /** Whether the key of `slot` is the one `i` of those read last. */
  #isRead(slot: number, i: number): boolean {
    const { at, lengths } = this.#slots;
    const length = lengths[slot];
    if (length !== readKeys.lengths[i]) return false;
    const [ours, theirs, our, their] = [this.#view, readKeys.view, at[slot], readKeys.at[i]];
    for (let k = 0; k < length; k += 4) {
      const difference = ours.getInt32(our + k, true) ^ theirs.getInt32(their + k, true);
      if ((length - k < 4 ? difference & ((1 << (8 * (length - k))) - 1) : difference) !== 0) return false;
    }
    return true;
  }

  /** Lists key `i` of those read last, whose place by hash is `free`; returns its slot. */
  #list(i: number, free: number): number {
    const slot = this.#size++;
    const length = readKeys.lengths[i];
    const end = this.#end + 1 + length;
    if (end + BEYOND > this.#bytes.length) this.#makeByteRoom(end);
    const from = readKeys.at[i] - 1;
    for (let k = 0; k <= length; k += 4) {
      this.#view.setInt32(this.#end + k, readKeys.view.getInt32(from + k, true), true);
    }
    let place = free;
    if (slot === this.#slots.room) {
      this.#grow();
      place = freePlace(this.#places, readKeys.hashes[i]);
    }
    const slots = this.#slots;
    slots.at[slot] = this.#end + 1;
    slots.lengths[slot] = length;
    slots.counts[slot] = 0;
    slots.hashes[slot] = readKeys.hashes[i];
    this.#end = end;
    this.#places[place] = slot;
    return slot;
  }

  #ordered(): Uint16Array {
    const { order, alphabet, counts, at, lengths } = this.#slots;
    if (this.#isOrdered) return order;
    const size = this.#size;
    if (this.#alphabetSize < size) {
      orderByKey(alphabet, { view: this.#view, at, lengths }, this.#alphabetSize, size);
      this.#alphabetSize = size;
    }
    for (let i = 0; i < size; i++) order[i] = alphabet[i];
    orderByCount(order, counts, size);
    this.#isOrdered = true;
    return order;
  }

  /** For the keys read last and a few to come. */
  #makeFirstRoom(length: number): void {
    this.#slots = makeSlots(roomFor(length));
    this.#makePlaces(0);
    this.#makeByteRoom(readKeys.bytes.length - 2 * COUNT_BYTES * length);
  }

  #makeByteRoom(needed: number): void {
    const bytes = new Uint8Array(roomFor(needed + BEYOND));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  #grow(): void {
    const { room } = this.#slots;
    this.#slots = growSlots(this.#slots, roomFor(room + 1));
    this.#isOrdered = false;
    this.#makePlaces(room);
  }

  /** For as many keys as there are slots; the `size` first have theirs. */
  #makePlaces(size: number): void {
    const { hashes, room } = this.#slots;
    const places = new Int16Array(placesFor(room)).fill(-1);
    for (let slot = 0; slot < size; slot++) places[freePlace(places, hashes[slot])] = slot;
    this.#places = places;
  }
}

/** Room for `n` of something and a few to come: with it, a key of 64 bytes takes less than 128 in all. */
function roomFor(n: number): number {
  return n + (n >> 2) + FEW;
}

function freePlace(places: Int16Array, hash: number): number {
  let place = hash & (places.length - 1);
  while (places[place] >= 0) place = (place + 1) & (places.length - 1);
  return place;
}
