import { fullRadixSort, patternsOf } from './full-radix.ts';
import { CHUNK, sortByKeys, sorted } from './key-sort.ts';

export { CHUNK, sorted };

/** For so many chunks of the same digest an attempt that failed is not made again. */
const CHUNKS_TO_REMEMBER = 32;
const SHORT = 48;
const patterns = new Float64Array(CHUNK);

/**
 * Sorts the first `n` (1 to CHUNK) values, all finite, into `sorted`: by their size if they are spread evenly enough,
 * else by their bit patterns (which suits values of many orders of magnitude), else by a sort that does not care.
 *
 * `memory` is what the last call for the same digest returned (0 at first), so that data known for its ways is not
 * tried with what failed lately: 1 to 32 counts chunks to begin with patterns, 33 to 64 chunks to begin with the last
 * resort. Returns the memory for the next call.
 */
export function sortChunk(values: Float64Array, n: number, memory: number): number {
  if (isAscending(values, n)) {
    for (let i = 0; i < n; i++) sorted[i] = values[i];
    return memory;
  }
  if (n < SHORT) {
    insertionSort(values, n);
    return memory;
  }
  if (memory > CHUNKS_TO_REMEMBER) {
    fullRadixSort(values, n, sorted);
    return memory === CHUNKS_TO_REMEMBER + 1 ? 0 : memory - 1;
  }
  if (memory === 0 && sortByKeys(values, values, n)) return 0;
  patternsOf(values, n, patterns);
  if (sortByKeys(patterns, values, n)) return memory === 0 ? CHUNKS_TO_REMEMBER : memory - 1;
  fullRadixSort(values, n, sorted);
  return 2 * CHUNKS_TO_REMEMBER;
}

function isAscending(values: Float64Array, n: number): boolean {
  for (let i = 1; i < n; i++) if (values[i] < values[i - 1]) return false;
  return true;
}

function insertionSort(values: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const value = values[i];
    let j = i - 1;
    while (j >= 0 && sorted[j] > value) {
      sorted[j + 1] = sorted[j];
      j--;
    }
    sorted[j + 1] = value;
  }
}
