/**
 * Hellinger distance of two share vectors over the same bins: sqrt(sum (sqrt p - sqrt q)^2) / sqrt 2 (Hellinger 1909 in
 * the form that is at most 1). 0 where nothing moved, 1 for shares that have no bin in common, symmetric, a metric.
 * Empty bins need no floor. Throws a RangeError where the vectors differ in length.
 */
export function hellinger(reference: readonly number[], live: readonly number[]): number {
  if (reference.length !== live.length) {
    throw new RangeError(`hellinger needs the same bins on both sides, got ${reference.length} and ${live.length}`);
  }
  let squares = 0;
  for (const [index, share] of reference.entries()) squares += hellingerTerm(share, live[index]!);
  return Math.min(1, Math.sqrt(squares / 2));
}

/** (sqrt p - sqrt q)^2: twice what one bin adds to the square of the distance. */
export function hellingerTerm(p: number, q: number): number {
  return (Math.sqrt(p) - Math.sqrt(q)) ** 2;
}
