import { MAX_CATEGORY_CAP } from './category-entry.ts';
import { compareKeys, type KeyBytes, rankOf } from './key-order.ts';

/** Up to so many keys that were listed since are put among the others one by one. */
const FEW_NEW = 16;
/** So many bytes and a slot, put together, are exact in a double. */
const RANKED_BYTES = 5;
const ranks = new Float64Array(MAX_CATEGORY_CAP);

/**
 * Makes `alphabet`, whose first `known` slots are in the order of their keys, the slots of all `size` keys in that order.
 */
export function orderByKey(alphabet: Uint16Array, keys: KeyBytes, known: number, size: number): void {
  if (size - known > FEW_NEW) sortByKey(alphabet, keys, size);
  else for (let slot = known; slot < size; slot++) putByKey(alphabet, keys, slot);
}

function putByKey(alphabet: Uint16Array, keys: KeyBytes, slot: number): void {
  let low = 0;
  let high = slot;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(keys, alphabet[middle], slot) > 0) high = middle;
    else low = middle + 1;
  }
  alphabet.copyWithin(low + 1, low, slot);
  alphabet[low] = slot;
}

/** To sort numbers takes a fifth of sorting by a call, so keys are sorted by the bytes in which they begin to differ. */
function sortByKey(alphabet: Uint16Array, keys: KeyBytes, size: number): void {
  const first = beginningOfAll(keys, size);
  for (let slot = 0; slot < size; slot++) ranks[slot] = rankFrom(keys, slot, first) * MAX_CATEGORY_CAP + slot;
  ranks.subarray(0, size).sort();
  for (let i = 0; i < size; i++) alphabet[i] = ranks[i] % MAX_CATEGORY_CAP;
  for (let from = 0, to = 1; from < size; from = to, to++) {
    while (to < size && bytesOf(ranks[to]) === bytesOf(ranks[from])) to++;
    if (to - from > 1) alphabet.subarray(from, to).sort((a, b) => compareKeys(keys, a, b));
  }
}

/** How many bytes all keys begin with alike. */
function beginningOfAll({ view, at, lengths }: KeyBytes, size: number): number {
  let same = lengths[0];
  for (let slot = 1; slot < size; slot++) {
    same = Math.min(same, lengths[slot]);
    let k = 0;
    while (k < same && view.getUint8(at[slot] + k) === view.getUint8(at[0] + k)) k++;
    same = k;
  }
  return same;
}

/** A key's next bytes as a number; those of a key that ends are 0, so that a tie may be none. */
function rankFrom({ view, at, lengths }: KeyBytes, slot: number, first: number): number {
  let rank = 0;
  for (let k = first; k < first + RANKED_BYTES; k++) {
    rank = rank * 256 + (k < lengths[slot] ? rankOf(view.getUint8(at[slot] + k)) : 0);
  }
  return rank;
}

function bytesOf(rank: number): number {
  return Math.floor(rank / MAX_CATEGORY_CAP);
}
