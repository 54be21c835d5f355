/** Which way a score is away from its baseline: upwards, downwards, or either. A distance is `above` always. */
export type Side = 'above' | 'below' | 'either';

/** The score turned so that larger is further from the baseline. */
export function oriented(score: number, side: Side): number {
  if (side === 'below') return -score;
  return side === 'either' ? Math.abs(score) : score;
}
