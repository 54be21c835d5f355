import type { Occurrences } from './rule.ts';

/** Reads `3 of 5`. Throws a RangeError for what cannot be, such as `5 of 3`. */
export function parseOccurrences(text: string): Occurrences {
  const [hits, of] = text
    .trim()
    .split(/\s+of\s+/)
    .map(Number);
  if (hits === undefined || of === undefined || !(hits >= 1 && hits <= of && of <= MOST_JUDGEMENTS)) {
    throw new RangeError(
      `expected N of M with 1 <= N <= M <= ${MOST_JUDGEMENTS}, such as "3 of 5", got '${text.trim()}'`,
    );
  }
  return { hits, of };
}

/** Judgements that are remembered for an alert at most: each takes a letter in its state. */
export const MOST_JUDGEMENTS = 100;
