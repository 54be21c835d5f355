/** How many values a digest collects before it sorts and merges them; chosen with the 21 + 11 bits of a word below. */
export const CHUNK = 2048;

/** The result of the last sort, ascending. Shared by the whole process: use it before sorting again. */
export const sorted: Float64Array = new Float64Array(CHUNK);

const LARGEST_KEY = 2 ** 21 - 1;
const words = new Int32Array(CHUNK);
const moved = new Int32Array(CHUNK);
const lowCounts = new Int32Array(1024);
const highCounts = new Int32Array(2048);
let keyMin = 0;
let keyMax = 0;

/**
 * Sorts `n` values (2 to CHUNK) into `sorted` by `keys` that ascend with them: two counting passes over 21 bits of the
 * keys, scaled evenly between the smallest and the largest, and insertion among equal ones. False, with `sorted` left
 * in disorder, when the keys are too uneven for that: their range cannot be scaled, or too many share too few bits.
 */
export function sortByKeys(keys: Float64Array, values: Float64Array, n: number): boolean {
  findRange(keys, n);
  const scale = LARGEST_KEY / (keyMax - keyMin);
  // A range that overflows, or is so small that its inverse does.
  if (!(scale > 0 && scale < Infinity)) return false;
  makeWords(keys, n, keyMin, scale);
  toPlaces();
  scatterLow(n);
  scatterHigh(values, n);
  return fixUp(n);
}

// Plain comparisons and literal starts: Math.min, Math.max or a start from values[0] box numbers in V8 (15 ns a value).
// The passes below take two values a turn. That is little faster in itself, but it makes them too long for Maglev, V8's
// middle tier, to inline into `sortByKeys`, where they would run at a third of the speed for the first 20 million values.
function findRange(values: Float64Array, n: number): void {
  let low = Infinity;
  let high = -Infinity;
  let oddLow = Infinity;
  let oddHigh = -Infinity;
  const even = n & ~1;
  for (let i = 0; i < even; i += 2) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
    const odd = values[i + 1];
    if (odd < oddLow) oddLow = odd;
    if (odd > oddHigh) oddHigh = odd;
  }
  if (even < n) {
    const last = values[even];
    if (last < low) low = last;
    if (last > high) high = last;
  }
  keyMin = oddLow < low ? oddLow : low;
  keyMax = oddHigh > high ? oddHigh : high;
}

/** One word a value: a 21-bit key, evenly scaled between minimum and maximum, above its 11-bit place in the chunk. */
function makeWords(keys: Float64Array, n: number, min: number, scale: number): void {
  const to = words;
  const low = lowCounts;
  const high = highCounts;
  low.fill(0);
  high.fill(0);
  for (let i = 0; i < n; i++) {
    const key = ((keys[i] - min) * scale) | 0;
    to[i] = (key << 11) | i;
    const lowDigit = key & 1023;
    low[lowDigit] = low[lowDigit] + 1;
    const highDigit = key >>> 10;
    high[highDigit] = high[highDigit] + 1;
  }
}

/** Turns the counts of digits into the first places of their values. */
function toPlaces(): void {
  const low = lowCounts;
  const high = highCounts;
  let lowSum = 0;
  let evenSum = 0;
  for (let digit = 0; digit < 1024; digit++) {
    const count = low[digit];
    low[digit] = lowSum;
    lowSum += count;
    const even = high[2 * digit];
    const odd = high[2 * digit + 1];
    high[2 * digit] = evenSum;
    high[2 * digit + 1] = evenSum + even;
    evenSum += even + odd;
  }
}

// Local names for the shared arrays and spelt-out increments: V8 then keeps the addresses in registers (half the time).
function scatterLow(n: number): void {
  const from = words;
  const to = moved;
  const places = lowCounts;
  const even = n & ~1;
  for (let i = 0; i < even; i += 2) {
    const first = from[i];
    const firstDigit = (first >>> 11) & 1023;
    const firstPlace = places[firstDigit];
    places[firstDigit] = firstPlace + 1;
    to[firstPlace] = first;
    const second = from[i + 1];
    const secondDigit = (second >>> 11) & 1023;
    const secondPlace = places[secondDigit];
    places[secondDigit] = secondPlace + 1;
    to[secondPlace] = second;
  }
  if (even < n) to[places[(from[even] >>> 11) & 1023]] = from[even];
}

function scatterHigh(values: Float64Array, n: number): void {
  const from = moved;
  const to = sorted;
  const places = highCounts;
  const even = n & ~1;
  for (let i = 0; i < even; i += 2) {
    const first = from[i];
    const firstDigit = first >>> 21;
    const firstPlace = places[firstDigit];
    places[firstDigit] = firstPlace + 1;
    to[firstPlace] = values[first & 2047];
    const second = from[i + 1];
    const secondDigit = second >>> 21;
    const secondPlace = places[secondDigit];
    places[secondDigit] = secondPlace + 1;
    to[secondPlace] = values[second & 2047];
  }
  if (even < n) to[places[from[even] >>> 21]] = values[from[even] & 2047];
}

/** Insertion sort among equal keys; gives up after 2n moves, when too many values share too few keys. */
function fixUp(n: number): boolean {
  const array = sorted;
  let budget = 2 * n;
  let before = -Infinity;
  for (let i = 0; i < n; i++) {
    const value = array[i];
    if (value >= before) {
      before = value;
      continue;
    }
    let j = i - 1;
    while (j >= 0 && array[j] > value) {
      array[j + 1] = array[j];
      j--;
    }
    array[j + 1] = value;
    budget -= i - j;
    if (budget < 0) return false;
  }
  return true;
}
