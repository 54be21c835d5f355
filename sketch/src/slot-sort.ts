import { MAX_CATEGORY_CAP } from './category-entry.ts';

const DIGIT_BITS = 8;
const DIGITS: number = 1 << DIGIT_BITS;
const NUMBER_BITS = 32;
/** Up to so many are put in one by one. */
const FEW = 24;
const starts = new Uint16Array(DIGITS);
const spare = new Uint16Array(MAX_CATEGORY_CAP);

/** By slot, the number by which `sortSlots` sorts it. */
export const slotNumbers: Uint32Array = new Uint32Array(MAX_CATEGORY_CAP);

/**
 * Sorts `order`, which has the slots 0 to `size` - 1, by their numbers, those of equal ones staying as they were: by digits
 * from the lowest (Knuth, The Art of Computer Programming 3, section 5.2.5, algorithm R), without those that all have alike.
 */
export function sortSlots(order: Uint16Array, size: number): void {
  if (size <= FEW) {
    insertSlots(order, size);
    return;
  }
  let different = 0;
  for (let slot = 1; slot < size; slot++) different |= slotNumbers[slot] ^ slotNumbers[0];
  let from = order;
  let to: Uint16Array = spare;
  for (let shift = 0; shift < NUMBER_BITS; shift += DIGIT_BITS) {
    if (((different >>> shift) & (DIGITS - 1)) === 0) continue;
    sortByDigit(from, to, size, shift);
    [from, to] = [to, from];
  }
  if (from === spare) for (let i = 0; i < size; i++) order[i] = spare[i];
}

function insertSlots(order: Uint16Array, size: number): void {
  for (let i = 1; i < size; i++) {
    const slot = order[i];
    const number = slotNumbers[slot];
    let to = i;
    for (; to > 0 && slotNumbers[order[to - 1]] > number; to--) order[to] = order[to - 1];
    order[to] = slot;
  }
}

function sortByDigit(from: Uint16Array, to: Uint16Array, size: number, shift: number): void {
  starts.fill(0);
  for (let slot = 0; slot < size; slot++) starts[(slotNumbers[slot] >>> shift) & (DIGITS - 1)]++;
  let start = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const n = starts[digit];
    starts[digit] = start;
    start += n;
  }
  for (let i = 0; i < size; i++) {
    const slot = from[i];
    to[starts[(slotNumbers[slot] >>> shift) & (DIGITS - 1)]++] = slot;
  }
}
