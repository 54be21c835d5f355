/** The moments of values as the kernel tells them: `min`, `max`, `mean` and the sum of squares around it, at 0 to 3. */
export type ChunkMoments = Float64Array;

/** `kernel/moments.ts` in JavaScript: the same lanes, so the same result to the last bit. */
export function momentsOfPending(pending: Float64Array, n: number, into: ChunkMoments): boolean {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < n; i++) {
    if (pending[i] < min) min = pending[i];
    if (pending[i] > max) max = pending[i];
  }
  const sum = laneSum(n, (i) => pending[i]);
  if (sum - sum !== 0 || max - min === Infinity) return false;
  const mean = Math.min(Math.max(sum / n, min), max) + 0;
  into[0] = min;
  into[1] = max;
  into[2] = mean;
  into[3] = min === max ? 0 : laneSum(n, (i) => (pending[i] - mean) * (pending[i] - mean));
  return true;
}

/** Lane j takes the terms j, j + 4, ..., lane 0 the last n mod 4 as well. */
function laneSum(n: number, term: (i: number) => number): number {
  const lanes = [0, 0, 0, 0];
  const last = n - (n % 4);
  for (let i = 0; i < last; i++) lanes[i % 4] += term(i);
  for (let i = last; i < n; i++) lanes[0] += term(i);
  return lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}
