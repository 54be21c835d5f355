const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * How long to wait before try number `attempt` (from 1): full jitter, a random share of a bound that doubles up to
 * 30 s, so that agents which lost one collector at the same moment do not come back at the same moment
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 * @param random a number in [0, 1).
 */
export function backOffMs(attempt: number, random: () => number): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.floor(random() * bound);
}
