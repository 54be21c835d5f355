/** How many places a table of `n` keys by hash has: a power of two, at least twice as many. */
export function placesFor(n: number): number {
  let size = 16;
  while (size < 2 * n) size *= 2;
  return size;
}

/**
 * How many taken places to look at while `n` keys are looked up: with half of the places taken, a key that is not there takes
 * 2.5 on average (Knuth, The Art of Computer Programming 3, section 6.4). Who sends keys that take more is not waited for.
 */
export function mostSteps(n: number): number {
  return 64 + 16 * n;
}
