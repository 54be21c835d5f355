import { slotNumbers, sortSlots } from './slot-sort.ts';

/** Counts up to it are sorted as numbers of 32 bits. */
const MOST = 2 ** 32 - 1;

/** Puts the `size` first slots of `order` in the order of descending counts, those of equal counts as they were. */
export function orderByCount(order: Uint16Array, counts: Float64Array, size: number): void {
  let most = 0;
  for (let slot = 0; slot < size; slot++) {
    if (counts[slot] > most) most = counts[slot];
    slotNumbers[slot] = MOST - counts[slot];
  }
  if (most > MOST) order.subarray(0, size).sort((a, b) => counts[b] - counts[a]);
  else sortSlots(order, size);
}
