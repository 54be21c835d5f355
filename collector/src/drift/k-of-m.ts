/**
 * Whether at least `k` of the last `m` verdicts fired; those that could not be judged (null) are passed over, and count for neither.
 * `verdicts` oldest first. Throws a RangeError unless 1 <= k <= m.
 */
export function kOfM(verdicts: readonly (boolean | null)[], k: number, m: number): boolean {
  if (!(Number.isInteger(k) && Number.isInteger(m) && k >= 1 && k <= m)) {
    throw new RangeError(`expected whole numbers with 1 <= k <= m, got ${k} of ${m}`);
  }
  const judged = verdicts.filter((verdict) => verdict !== null).slice(-m);
  return judged.filter(Boolean).length >= k;
}
