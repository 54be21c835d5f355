import { MAX_CATEGORY_CAP } from './category-entry.ts';

const DIGIT_BITS = 8;
const DIGITS: number = 1 << DIGIT_BITS;
/** Up to so many are put in one by one. */
const FEW = 24;
/** Counts up to it have digits that are cut off by shifting. */
const MOST_SHIFTED = 2 ** 31 - 1;
const starts = new Uint16Array(DIGITS);
const spare = new Uint16Array(MAX_CATEGORY_CAP);

/**
 * Puts the `size` first slots of `order` in the order of descending counts, those of equal counts as they were: by digits
 * from the lowest (Knuth, The Art of Computer Programming 3, section 5.2.5, algorithm R).
 */
export function orderByCount(order: Uint16Array, counts: Float64Array, size: number): void {
  let most = 0;
  for (let slot = 0; slot < size; slot++) if (counts[slot] > most) most = counts[slot];
  if (size <= FEW) insertByCount(order, counts, size);
  else if (most > MOST_SHIFTED) order.subarray(0, size).sort((a, b) => counts[b] - counts[a]);
  else {
    let from = order;
    let to: Uint16Array = spare;
    for (let shift = 0; shift < 32 && most >>> shift > 0; shift += DIGIT_BITS) {
      sortByDigit(from, to, counts, size, shift);
      [from, to] = [to, from];
    }
    if (from === spare) for (let i = 0; i < size; i++) order[i] = spare[i];
  }
}

function insertByCount(order: Uint16Array, counts: Float64Array, size: number): void {
  for (let i = 1; i < size; i++) {
    const slot = order[i];
    const count = counts[slot];
    let to = i;
    for (; to > 0 && counts[order[to - 1]] < count; to--) order[to] = order[to - 1];
    order[to] = slot;
  }
}

function sortByDigit(from: Uint16Array, to: Uint16Array, counts: Float64Array, size: number, shift: number): void {
  starts.fill(0);
  for (let slot = 0; slot < size; slot++) starts[(counts[slot] >>> shift) & (DIGITS - 1)]++;
  let start = 0;
  for (let digit = DIGITS - 1; digit >= 0; digit--) {
    const n = starts[digit];
    starts[digit] = start;
    start += n;
  }
  for (let i = 0; i < size; i++) {
    const slot = from[i];
    to[starts[(counts[slot] >>> shift) & (DIGITS - 1)]++] = slot;
  }
}
