/**
 * Jensen-Shannon distance of two share vectors over the same bins: the square root of the divergence in bits,
 * 0.5 KL(p || m) + 0.5 KL(q || m) with m = (p + q) / 2 (Lin 1991; that its root is a metric: Endres and Schindelin 2003).
 * 0 where nothing moved, 1 for shares that have no bin in common, symmetric. Empty bins need no floor. It is
 * scipy's `jensenshannon(base=2)`; its natural form is this times sqrt(ln 2), the divergence is its square. Throws a
 * RangeError where the vectors differ in length.
 */
export function jensenShannon(reference: readonly number[], live: readonly number[]): number {
  if (reference.length !== live.length) {
    throw new RangeError(`js needs the same bins on both sides, got ${reference.length} and ${live.length}`);
  }
  let nats = 0;
  for (const [index, share] of reference.entries()) nats += jensenShannonTerm(share, live[index]!);
  return Math.min(1, Math.sqrt(nats / Math.LN2));
}

/**
 * What one bin adds to the divergence, in nats. Written in d = (p - q) / (p + q), since a sum of p ln(p / m) and
 * q ln(q / m) loses the digits that the root needs where both are close: 1e-17 there is 3e-9 in the distance.
 */
export function jensenShannonTerm(p: number, q: number): number {
  if (p === q) return 0;
  const middle = (p + q) / 2;
  const d = Math.abs(p - q) / (p + q);
  return (middle / 2) * ((1 + d) * Math.log1p(d) + (d === 1 ? 0 : (1 - d) * Math.log1p(-d)));
}
