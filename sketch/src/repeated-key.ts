import { MAX_CATEGORY_CAP } from './category-entry.ts';
import { compareKeys } from './key-order.ts';
import { mostSteps, placesFor } from './key-places.ts';
import { readKey, readKeys } from './read-keys.ts';

/** Places of keys by hash, at most half of them taken; -1 where none is. */
const places = new Int16Array(2 * MAX_CATEGORY_CAP);

/** Whether a key is twice among those read last. */
export function isAnyReadTwice(): boolean {
  const { length, hashes } = readKeys;
  const last = placesFor(length) - 1;
  places.fill(-1, 0, last + 1);
  let steps = mostSteps(length);
  for (let i = 0; i < length; i++) {
    const hash = hashes[i];
    let place = hash & last;
    for (let other = places[place]; other >= 0; other = places[place]) {
      if (hashes[other] === hash && compareKeys(readKeys, other, i) === 0) return true;
      if (--steps < 0) return isAnyTextTwice();
      place = (place + 1) & last;
    }
    places[place] = i;
  }
  return false;
}

/** The same by the hash of a Set, which nobody outside knows. */
function isAnyTextTwice(): boolean {
  return new Set(Array.from({ length: readKeys.length }, (_, i) => readKey(i))).size < readKeys.length;
}
