/** A measured quantity over the rounds: its median, and the quartiles that say how far to trust it. */
export type Spread = { readonly median: number; readonly low: number; readonly high: number };

/** Median and quartiles, interpolated between neighbours; NaN of nothing. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: at(sorted, 0.5), low: at(sorted, 0.25), high: at(sorted, 0.75) };
}

/** The median, interpolated; NaN of nothing. */
export function median(values: readonly number[]): number {
  return spread(values).median;
}

/** The spread of the ratios of every round: noise that slows a whole round cancels, which it does not in a ratio of medians. */
export function ratioSpread(over: readonly number[], under: readonly number[]): Spread {
  return spread(over.map((value, round) => value / under[round]!));
}

function at(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}
