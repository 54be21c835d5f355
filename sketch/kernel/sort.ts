import { sortByPattern, sortBySize } from './key-sort';
import { PENDING, SORTED } from './layout';
import { sortByAllBits, sortByHighBits } from './pattern-sort';

/** For so many chunks of the same digest an attempt that failed is not made again. */
const CHUNKS_TO_REMEMBER: i32 = 32;
const PATTERNS_FIRST: i32 = CHUNKS_TO_REMEMBER;
const HIGH_BITS_FIRST: i32 = 2 * CHUNKS_TO_REMEMBER;
const ALL_BITS_FIRST: i32 = 3 * CHUNKS_TO_REMEMBER;
const SHORT: i32 = 32;

/**
 * Sorts the first `n` (1 to CHUNK) pending values into SORTED: by their size if they are spread evenly enough, else by
 * their bit patterns (which suits values of many orders of magnitude), else by more and more bits of them.
 *
 * `known` is what the last call for the same digest returned (0 at first), so that data known for its ways is not tried
 * with what failed lately: 1 to 32 counts chunks to begin with patterns, 33 to 64 with their 44 highest bits, 65 to 96
 * with all of them.
 */
export function sortChunk(n: i32, known: i32): i32 {
  if (isAscending(n)) {
    memory.copy(SORTED, PENDING, n << 3);
    return known;
  }
  if (n < SHORT) {
    insertionSort(n);
    return known;
  }
  if (known === 0 && sortBySize(n)) return 0;
  if (known <= PATTERNS_FIRST && sortByPattern(n)) return remembered(known, PATTERNS_FIRST);
  if (known <= HIGH_BITS_FIRST && sortByHighBits(n)) return remembered(known, HIGH_BITS_FIRST);
  sortByAllBits(n);
  return remembered(known, ALL_BITS_FIRST);
}

/** What to know next when the way that `first` stands for has worked: one chunk less, or all of them if it is new. */
function remembered(known: i32, first: i32): i32 {
  if (known <= first - CHUNKS_TO_REMEMBER || known > first) return first;
  return known === first - CHUNKS_TO_REMEMBER + 1 ? 0 : known - 1;
}

/** Whether any two of the `n` sorted values are equal. */
export function hasTies(n: i32): bool {
  const end = SORTED + ((n - 1) << 3);
  let at = SORTED;
  for (; at + 24 < end; at += 32) {
    const one = f64x2.eq(v128.load(at), v128.load(at, 8));
    const other = f64x2.eq(v128.load(at, 16), v128.load(at, 24));
    if (v128.any_true(v128.or(one, other))) return true;
  }
  for (; at < end; at += 8) if (load<f64>(at) === load<f64>(at, 8)) return true;
  return false;
}

function isAscending(n: i32): bool {
  const end = PENDING + ((n - 1) << 3);
  let at = PENDING;
  for (; at + 8 < end; at += 16) {
    if (v128.any_true(f64x2.gt(v128.load(at), v128.load(at, 8)))) return false;
  }
  return at >= end || load<f64>(at) <= load<f64>(at, 8);
}

function insertionSort(n: i32): void {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(PENDING + (i << 3));
    let at = SORTED + (i << 3);
    while (at > SORTED && load<f64>(at - 8) > value) {
      store<f64>(at, load<f64>(at - 8));
      at -= 8;
    }
    store<f64>(at, value);
  }
}
