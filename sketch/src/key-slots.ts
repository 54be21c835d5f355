/** Bytes that a slot takes. */
const SLOT_BYTES = 21;

/** What is known of keys by slot: 0, 1, 2, ... */
export type KeySlots = {
  readonly room: number;
  readonly counts: Float64Array;
  /** Where the key begins, and how many bytes of UTF-8 it is. */
  readonly at: Uint32Array;
  readonly lengths: Uint8Array;
  readonly hashes: Int32Array;
  /** Slots by key, and by descending count. */
  readonly alphabet: Uint16Array;
  readonly order: Uint16Array;
};

/** Room for `room` keys, in one piece of memory: six would take longer to come by than to fill. */
export function makeSlots(room: number): KeySlots {
  const memory = new ArrayBuffer(room * SLOT_BYTES);
  return {
    room,
    counts: new Float64Array(memory, 0, room),
    at: new Uint32Array(memory, 8 * room, room),
    hashes: new Int32Array(memory, 12 * room, room),
    alphabet: new Uint16Array(memory, 16 * room, room),
    order: new Uint16Array(memory, 18 * room, room),
    lengths: new Uint8Array(memory, 20 * room, room),
  };
}

/** Room for more, with what is there but for `order`. */
export function growSlots(slots: KeySlots, room: number): KeySlots {
  const grown = makeSlots(room);
  grown.counts.set(slots.counts);
  grown.at.set(slots.at);
  grown.hashes.set(slots.hashes);
  grown.alphabet.set(slots.alphabet);
  grown.lengths.set(slots.lengths);
  return grown;
}
