// The block stays in the first-level cache (8 KiB) while all directions pass over it.
const BLOCK = 1024;
const block = new Float64Array(BLOCK);

/**
 * Sets `into[i]` to the dot product of `vector` and `rows[i]`, all of one size, reading the vector once. Returns the sum
 * of its squares: NaN or infinite where a component is, is no number, or where the squares go beyond the doubles; then
 * `into` holds nothing. Nothing of the vector is left behind.
 *
 * The order of additions is fixed, so the same vector gives the same bits everywhere, whatever kind of array it comes in.
 */
export function project(vector: ArrayLike<number>, rows: readonly Float32Array[], into: Float64Array): number {
  const size = rows[0].length;
  into.fill(0);
  let squares = 0;
  for (let at = 0; at < size && squares - squares === 0; at += BLOCK) {
    const n = Math.min(BLOCK, size - at);
    squares += load(vector, at, n) ? squaresOfBlock(n) : Number.NaN;
    let i = 0;
    for (; i + 4 <= rows.length; i += 4) addFour(n, at, rows[i], rows[i + 1], rows[i + 2], rows[i + 3], into, i);
    for (; i < rows.length; i++) into[i] += productOfBlock(n, at, rows[i]);
  }
  block.fill(0, 0, Math.min(BLOCK, size));
  return squares;
}

/** Copies `n` components from `at` on into the block; false where one is no number. */
function load(vector: ArrayLike<number>, at: number, n: number): boolean {
  if (isNumericView(vector)) {
    block.set(n === vector.length ? vector : vector.subarray(at, at + n));
    return true;
  }
  for (let j = 0; j < n; j++) {
    const value: unknown = vector[at + j];
    if (typeof value !== 'number') return false;
    block[j] = value;
  }
  return true;
}

/** Whether this is a typed array of numbers, of any realm; not one of bigints, nor a DataView. */
export function isNumericView(value: unknown): value is Float64Array {
  // The other views are as good for reading; Float64Array stands for all of them.
  return ArrayBuffer.isView(value) && 'length' in value && typeof (value as Float64Array)[0] !== 'bigint';
}

function squaresOfBlock(n: number): number {
  let a = 0;
  let b = 0;
  let j = 0;
  for (; j + 1 < n; j += 2) {
    a += block[j] * block[j];
    b += block[j + 1] * block[j + 1];
  }
  if (j < n) a += block[j] * block[j];
  return a + b;
}

function productOfBlock(n: number, at: number, row: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += block[j] * row[at + j];
  return sum;
}

/** Adds the products with four directions: each component is read once for all, and the sums do not wait for each other. */
function addFour(
  n: number,
  at: number,
  first: Float32Array,
  second: Float32Array,
  third: Float32Array,
  fourth: Float32Array,
  into: Float64Array,
  i: number,
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0; j < n; j++) {
    const x = block[j];
    a += x * first[at + j];
    b += x * second[at + j];
    c += x * third[at + j];
    d += x * fourth[at + j];
  }
  into[i] += a;
  into[i + 1] += b;
  into[i + 2] += c;
  into[i + 3] += d;
}
