import type { Side } from '../drift/side.ts';
import { ANY_VALUE, type Condition } from './condition.ts';
import { SIGNED_MEASURES } from './measure.ts';
import type { SeriesJudgement } from './rule.ts';

type Judged = Pick<SeriesJudgement, 'measure' | 'direction'>;

/**
 * On which side a value (turned by `direction`) is too far from the baseline: where `fire` says; without an effect upwards, or either
 * way for a measure with a sign and no direction.
 */
export function valueSide({ measure, direction }: Judged, fire: Condition): Side {
  if (fire === ANY_VALUE) return direction === null && SIGNED_MEASURES.includes(measure) ? 'either' : 'above';
  return fire.comparison.startsWith('>') ? 'above' : 'below';
}

/** The same side of the score before `direction` has turned it. */
export function rawSide(judged: Judged, fire: Condition): Side {
  const side = valueSide(judged, fire);
  if (judged.direction === 'both') return 'either';
  if (judged.direction !== 'down' || side === 'either') return side;
  return side === 'above' ? 'below' : 'above';
}
