import { fixUp } from './fix-up';
import { HIGH_COUNTS, LEAST, LOW_COUNTS, PATTERNS, SORTED } from './layout';
import { doubleOf, takePatterns } from './pattern';
import { toPlaces } from './places';

const HIGH_BITS: i64 = 44;

/**
 * A radix sort of the bit patterns themselves, 11 bits a pass, of the HIGH_BITS highest in which they differ; false, with
 * SORTED in disorder, where too many values share those.
 */
export function sortByHighBits(n: i32): bool {
  const bits = takePatterns(n);
  sortPatterns(n, max<i64>(0, bits - HIGH_BITS), bits);
  return fixUp(n);
}

/** The same of all bits. */
export function sortByAllBits(n: i32): void {
  sortPatterns(n, 0, takePatterns(n));
}

/** Sorts the patterns by their bits from `shift` to `bits` and writes their values to SORTED. */
function sortPatterns(n: i32, shift: i64, bits: i64): void {
  let counts = LOW_COUNTS;
  memory.fill(counts, 0, 8192);
  for (let i = 0; i < n; i++) count(counts, load<u64>(PATTERNS + (i << 3)) >> shift);
  let from = PATTERNS;
  let to = SORTED;
  for (; shift < bits; shift += 11) {
    const next = counts === LOW_COUNTS ? HIGH_COUNTS : LOW_COUNTS;
    memory.fill(next, 0, 8192);
    toPlaces(counts, 2048, to, 8);
    for (let i = 0; i < n; i++) {
      const pattern = load<u64>(from + (i << 3));
      const digits = pattern >> shift;
      const slot = counts + ((<i32>digits & 2047) << 2);
      const place = load<i32>(slot);
      store<i32>(slot, place + 8);
      store<u64>(place, pattern);
      count(next, digits >> 11);
    }
    counts = next;
    const swap = from;
    from = to;
    to = swap;
  }
  const least = load<u64>(LEAST);
  for (let i = 0; i < n; i++) store<f64>(SORTED + (i << 3), doubleOf(load<u64>(from + (i << 3)) + least));
}

function count(counts: i32, digits: u64): void {
  const slot = counts + ((<i32>digits & 2047) << 2);
  store<i32>(slot, load<i32>(slot) + 1);
}
