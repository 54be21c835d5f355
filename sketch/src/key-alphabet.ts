import { compareKeys, type KeyBytes, rankOf } from './key-order.ts';
import { slotNumbers, sortSlots } from './slot-sort.ts';

/** Up to so many keys that were listed since are put among the others one by one. */
const FEW_NEW = 16;

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

/** By the four bytes where keys begin to differ, which mostly are enough, and only where they are not by all of them. */
function sortByKey(alphabet: Uint16Array, keys: KeyBytes, size: number): void {
  const first = beginningOfAll(keys, size);
  for (let slot = 0; slot < size; slot++) {
    slotNumbers[slot] = numberFrom(keys, slot, first);
    alphabet[slot] = slot;
  }
  sortSlots(alphabet, size);
  for (let from = 0, to = 1; from < size; from = to, to++) {
    while (to < size && slotNumbers[alphabet[to]] === slotNumbers[alphabet[from]]) to++;
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

/** A key's next four bytes as a number; those of a key that ends are 0, so that a tie may be none. */
function numberFrom({ view, at, lengths }: KeyBytes, slot: number, first: number): number {
  let number = 0;
  for (let k = first; k < first + 4; k++) {
    number = (number << 8) | (k < lengths[slot] ? rankOf(view.getUint8(at[slot] + k)) : 0);
  }
  return number;
}
